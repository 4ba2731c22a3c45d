use crate::heading::Heading;
use crate::pen::Pen;
use crate::scale::{NotDrawable, Scale, Value};
use crate::{Chart, Table};

mod board;

use board::Board;

/// A few areas at a glance, as steps on rays around a centre that stands for nothing.
///
/// The outline of a series runs through what is certain: the step, or the lower end of a value between two
/// steps. It is open where a value is not known, and that ray carries a hollow bar over the whole scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Radar {
    /// What the chart is called.
    pub heading: Heading,
    /// The steps that every axis has.
    pub scale: Scale,
    /// Three to eight areas, clockwise from the top.
    pub axes: Vec<String>,
    /// One to three series over the same areas.
    pub series: Vec<Series>,
}

/// One view of all areas: somebody's own, a target, last spring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// What stands beside its outline, for example "Bo" or "Target".
    pub name: String,
    /// One value for each axis, in the same order.
    pub values: Vec<Value>,
}

impl Radar {
    /// Draws the chart.
    ///
    /// # Errors
    ///
    /// When the numbers of axes, series or values do not suit a radar, or a value is off the scale.
    pub fn draw(&self) -> Result<Chart, NotDrawable> {
        self.check()?;
        let board = Board::new(self);
        let mut pen = Pen::default();
        board.draw_grid(&mut pen);
        for (index, _) in self.series.iter().enumerate() {
            board.draw_series(&mut pen, index);
        }
        let high = board.draw_texts(&mut pen);
        let (left, right) = board.sides();
        let svg = pen.finish_between(&self.heading, &self.description(), "radar", (left, right, high));
        Ok(Chart { svg, table: self.table() })
    }

    fn check(&self) -> Result<(), NotDrawable> {
        if !(3..=8).contains(&self.axes.len()) {
            return Err(NotDrawable::Axes { found: self.axes.len() });
        }
        if !(1..=3).contains(&self.series.len()) {
            return Err(NotDrawable::SeriesCount { found: self.series.len() });
        }
        for series in &self.series {
            if series.values.len() != self.axes.len() {
                return Err(NotDrawable::Uneven {
                    series: series.name.clone(),
                    found: series.values.len(),
                    axes: self.axes.len(),
                });
            }
            series.values.iter().try_for_each(|value| self.scale.check(*value))?;
        }
        Ok(())
    }

    fn description(&self) -> String {
        let said = self.series.iter().map(|series| {
            let values = self.axes.iter().zip(&series.values);
            let values: Vec<String> =
                values.map(|(axis, value)| format!("{axis} {}", self.scale.words(*value))).collect();
            format!("{}: {}.", series.name, values.join(", "))
        });
        said.collect::<Vec<_>>().join(" ")
    }

    fn table(&self) -> Table {
        let mut head = vec!["Area".to_owned()];
        head.extend(self.series.iter().map(|series| series.name.clone()));
        let rows = self.axes.iter().enumerate().map(|(index, axis)| {
            let mut row = vec![axis.clone()];
            row.extend(self.series.iter().map(|series| self.scale.words(series.values[index])));
            row
        });
        Table { caption: self.heading.title.clone(), head, rows: rows.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::board::{REACH, WIDE};
    use super::*;

    fn radar(axes: usize, series: Vec<Vec<Value>>) -> Radar {
        let areas = [
            "Delivery",
            "Communication and collaboration",
            "Technical craft",
            "Mentoring and developing others",
            "Ownership",
            "Systems thinking across organisational boundaries",
            "People",
            "Leadership",
        ];
        let names = ["Bo", "Target", "Spring"];
        Radar {
            heading: Heading::new("where", "Where Bo stands"),
            scale: Scale::new(["Junior", "Mid", "Senior", "Staff"]).unwrap(),
            axes: areas[..axes].iter().map(ToString::to_string).collect(),
            series: series
                .into_iter()
                .enumerate()
                .map(|(index, values)| Series { name: names[index].to_owned(), values })
                .collect(),
        }
    }

    fn known(steps: &[usize]) -> Vec<Value> {
        steps.iter().map(|step| Value::Known(*step)).collect()
    }

    #[test]
    fn the_drawing_is_named_and_described() {
        let chart =
            radar(3, vec![vec![Value::Known(1), Value::Between(1, 2), Value::Unknown]]).draw().unwrap();
        assert!(chart.svg.starts_with("<svg class=\"chart radar\""));
        assert!(chart.svg.contains("role=\"img\" aria-labelledby=\"where-title where-desc\""));
        assert!(chart.svg.contains("<title id=\"where-title\">Where Bo stands</title>"));
        assert!(chart.svg.contains(
            "<desc id=\"where-desc\">Bo: Delivery Mid, Communication and collaboration between Mid and Senior, \
             Technical craft not known.</desc>"
        ));
        assert!(!chart.svg.contains(" style="));
    }

    #[test]
    fn a_target_that_asks_nothing_of_an_area_is_not_drawn_as_unknown() {
        let mut values = known(&[2, 1, 3, 0]);
        values[1] = Value::Nothing;
        let asks_nothing = radar(4, vec![values.clone()]).draw().unwrap();
        assert!(!asks_nothing.svg.contains("unknown"));
        assert_eq!(asks_nothing.svg.matches("class=\"marker").count(), 3);
        assert_eq!(asks_nothing.svg.matches("class=\"outline").count(), 4, "the outline is closed");
        assert_eq!(asks_nothing.table.rows[1][1], "asks nothing");
        values[1] = Value::Unknown;
        let unknown = radar(4, vec![values]).draw().unwrap();
        assert!(unknown.svg.contains("unknown hollow"));
        assert_eq!(unknown.svg.matches("class=\"outline").count(), 2);
    }

    #[test]
    fn every_axis_label_stays_inside_and_off_the_others() {
        for axes in 3..=8 {
            let radar = radar(axes, vec![vec![Value::Unknown; axes]]);
            let board = Board::new(&radar);
            let mut pen = Pen::default();
            let high = board.draw_texts(&mut pen);
            for (index, label) in board.axis_labels.iter().enumerate() {
                let area = label.area();
                assert!(area.left >= 0.0 && area.right <= WIDE, "{axes} axes: {label:?}");
                assert!(area.top >= 0.0 && area.bottom <= high, "{axes} axes: {label:?}");
                for other in &board.axis_labels[index + 1..] {
                    assert!(!area.meets(&other.area()), "{axes} axes: {label:?} stands on {other:?}");
                }
            }
        }
    }

    #[test]
    fn the_unknown_is_hollow_over_the_whole_scale_and_has_no_marker() {
        let chart = radar(4, vec![vec![Value::Known(3), Value::Unknown, Value::Known(0), Value::Known(2)]]);
        let svg = chart.draw().unwrap().svg;
        assert_eq!(svg.matches("class=\"marker").count(), 3);
        assert_eq!(svg.matches("class=\"unknown hollow").count(), 1);
        // From a little under the first ring to a little over the last: 86 × 3/4, and 4 at each end.
        assert!(svg.contains("height=\"72.5\""), "{svg}");
        // The outline is open on both sides of it.
        assert_eq!(svg.matches("class=\"outline").count(), 2);
    }

    #[test]
    fn no_value_is_drawn_at_the_centre() {
        let radar = radar(3, vec![known(&[0, 0, 0])]);
        let board = Board::new(&radar);
        for axis in 0..3 {
            let point = board.point(0, axis).unwrap();
            let away = (point.x - board.centre.x).hypot(point.y - board.centre.y);
            assert!(away >= REACH / 4.0 - 0.001);
        }
    }

    #[test]
    fn series_are_named_beside_their_outlines_without_a_key() {
        let svg = radar(5, vec![known(&[0, 1, 1, 0, 1]), known(&[2, 3, 2, 3, 2])]).draw().unwrap().svg;
        assert_eq!(svg.matches("class=\"name halo named-").count(), 2);
        assert!(!svg.contains("class=\"key\""));
    }

    #[test]
    fn series_without_room_for_a_label_get_a_key() {
        let mut crowded = radar(3, vec![known(&[3, 3, 3]), vec![Value::Unknown; 3]]);
        crowded.series[1].name = "Nothing known about this".to_owned();
        let svg = crowded.draw().unwrap().svg;
        assert_eq!(svg.matches("class=\"key\"").count(), 2);
    }

    #[test]
    fn series_on_the_same_step_stand_side_by_side() {
        let radar = radar(3, vec![known(&[1, 1, 1]), known(&[1, 2, 1])]);
        let board = Board::new(&radar);
        assert_ne!(board.point(0, 0), board.point(1, 0));
        assert_eq!(board.point(0, 1), Some(board.at(1, board.distance(1), 0.0)));
    }

    #[test]
    fn what_does_not_suit_a_radar_is_refused() {
        assert_eq!(radar(2, vec![known(&[1, 1])]).draw(), Err(NotDrawable::Axes { found: 2 }));
        assert_eq!(radar(3, vec![]).draw(), Err(NotDrawable::SeriesCount { found: 0 }));
        let uneven = radar(3, vec![known(&[1, 1])]).draw();
        assert_eq!(uneven, Err(NotDrawable::Uneven { series: "Bo".to_owned(), found: 2, axes: 3 }));
        let high = radar(3, vec![known(&[1, 1, 4])]).draw();
        assert_eq!(high, Err(NotDrawable::OffTheScale { step: 4, steps: 4 }));
    }

    #[test]
    fn names_cannot_become_markup() {
        let mut radar = radar(3, vec![known(&[1, 1, 1]), known(&[2, 2, 2])]);
        radar.heading = Heading::new("a \"b\"", "<script>alert(1)</script>");
        radar.axes[0] = "</text><a href='//x'>".to_owned();
        radar.series[0].name = "<b>".to_owned();
        let svg = radar.draw().unwrap().svg;
        assert!(!svg.contains("<script") && !svg.contains("<a ") && !svg.contains("<b>"));
        assert!(svg.contains("aria-labelledby=\"a--b--title a--b--desc\""));
    }

    #[test]
    fn the_table_says_what_the_drawing_says() {
        let table = radar(3, vec![known(&[0, 1, 2]), vec![Value::Unknown; 3]]).draw().unwrap().table;
        assert_eq!(table.caption, "Where Bo stands");
        assert_eq!(table.head, ["Area", "Bo", "Target"]);
        assert_eq!(table.rows[2], ["Technical craft", "Senior", "not known"]);
    }

    #[test]
    fn the_same_facts_are_always_drawn_the_same() {
        let radar = radar(8, vec![known(&[0, 1, 2, 3, 0, 1, 2, 3]), vec![Value::Between(1, 3); 8]]);
        assert_eq!(radar.draw(), radar.draw());
    }
}

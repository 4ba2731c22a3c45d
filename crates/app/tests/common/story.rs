//! What a story does beside visiting pages: a row written or read by hand, and what an answer must be.

use axum::http::StatusCode;
use espalier_kernel::Bind;
use espalier_people::import::{self, Mapping, Sheet};
use espalier_store::Statement;

use super::{Answer, House, Visitor, story_time};

/// Changes rows where no door does it.
pub async fn run(house: &House, sql: &'static str, values: &[&str]) {
    let mut tx = house.store.write().await.unwrap();
    let values: Vec<&dyn Bind> = values.iter().map(|value| value as _).collect();
    tx.run(&Statement { name: "STORY", sql }, &values).await.unwrap();
    tx.commit().await.unwrap();
}

/// Imports people, and says how many are new, changed, unchanged and wrong.
pub async fn import(house: &House, text: &str) -> (usize, usize, usize, usize) {
    let sheet = Sheet::read(text.as_bytes()).unwrap();
    let mapping = Mapping::guess(&sheet.head);
    let mut tx = house.store.write().await.unwrap();
    let plan = import::plan(&sheet, &mapping, &import::existing(&mut tx).await.unwrap());
    import::apply(&mut tx, &plan, &house.kit.mint, story_time(), None).await.unwrap();
    tx.commit().await.unwrap();
    (plan.new.len(), plan.changed.len(), plan.unchanged, plan.bad.len())
}

/// One text.
pub async fn one(house: &House, sql: &'static str) -> String {
    let mut tx = house.store.read().await.unwrap();
    let found: Option<(String,)> = tx.first(&Statement { name: "STORY", sql }, &[]).await.unwrap();
    found.unwrap().0
}

/// One number.
pub async fn count(house: &House, sql: &'static str) -> i64 {
    let mut tx = house.store.read().await.unwrap();
    let found: Option<(i64,)> = tx.first(&Statement { name: "STORY", sql }, &[]).await.unwrap();
    found.unwrap().0
}

/// It was done, and leads on: where to.
pub fn done(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer.location().to_owned()
}

/// It was refused, with a sentence.
pub fn refused(answer: &Answer, sentence: &str) {
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
    assert!(answer.body.contains(sentence), "{sentence} in {}", answer.body);
}

/// Plans a talk, and gives its path.
pub async fn plan(visitor: &Visitor, form: &str) -> String {
    let planned = visitor.post("/talks", form).await;
    assert_eq!(planned.status, StatusCode::SEE_OTHER, "{}", planned.body);
    planned.location().to_owned()
}

/// The ids of the points on a page, in the order of the page.
pub fn points(page: &str) -> Vec<String> {
    page.split("id=\"i-").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

/// Both prepare three points and hand them in; the talk is open.
pub async fn open(person: &Visitor, holder: &Visitor, path: &str) -> Vec<String> {
    let points = points(&person.get(&format!("{path}/preparation")).await.body);
    for (visitor, ratings, note) in [
        (person, ["meeting", "developing", "meeting"], "Adawort"),
        (holder, ["not-yet", "developing", "meeting"], "Cywort"),
    ] {
        for (point, rating) in points.iter().zip(ratings) {
            let form = format!("state={rating}&version=0&note={note}+{rating}");
            done(&visitor.post(&format!("{path}/preparation/{point}"), &form).await);
        }
        done(&visitor.post(&format!("{path}/preparation-completion"), "anyway=yes").await);
    }
    points
}

//! Meetings reach calendars: as invitations and as a feed, read back by programs that others wrote.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail, and says what it skips")]

mod common;

use std::process::Command;

use axum::http::{StatusCode, header};
use common::House;
use common::peer::{self, Letter, PostOffice};
use espalier_kernel::Moment;
use espalier_store::Statement;

fn later(seconds: i64) -> Moment {
    common::story_time().plus_seconds(seconds)
}

/// Bo plans his own talk, and it gets a time.
async fn plan(house: &House) -> String {
    let bo = house.persona("bo").await;
    let planned = bo.post("/talks", "due_on=2026-06-20").await;
    assert_eq!(planned.status, StatusCode::SEE_OTHER, "{}", planned.body);
    planned.location().to_owned()
}

async fn set_time(house: &House, talk: &str, time: &str) {
    let saved =
        house.persona("bo").await.post(&format!("{talk}/meeting-time"), &format!("value={time}")).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
}

/// The lines of the calendar in a letter, unfolded.
fn calendar(letter: &Letter) -> Vec<String> {
    let text = letter.words().replace("\r\n ", "");
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let begin = lines.iter().position(|line| line == "BEGIN:VCALENDAR").unwrap();
    let end = lines.iter().position(|line| line == "END:VCALENDAR").unwrap();
    lines[begin..=end].to_vec()
}

fn value(lines: &[String], name: &str) -> String {
    lines.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap().to_owned()
}

#[tokio::test]
async fn a_meeting_is_sent_to_both_moved_under_the_same_name_and_called_off() {
    for house in common::houses().await {
        peer::open_ways(&house).await;
        let office = PostOffice::open().await;
        let talk = plan(&house).await;
        let mut names = Vec::new();
        for (nth, time) in ["2026-03-28T15:00", "2026-03-29T15:00"].into_iter().enumerate() {
            set_time(&house, &talk, time).await;
            set_time(&house, &talk, time).await;
            office.sender(&house, later(1)).drain().await.unwrap();
            let mut letters = office.take();
            letters.sort_by(|one, other| one.to.cmp(&other.to));
            let to: Vec<&str> = letters.iter().map(|letter| letter.to.as_str()).collect();
            assert_eq!(to, ["bo@demo.example", "cy@demo.example"], "{}", house.engine);
            for letter in &letters {
                let lines = calendar(letter);
                assert_eq!(value(&lines, "METHOD"), "REQUEST");
                assert_eq!(value(&lines, "SUMMARY"), "Development meeting");
                assert_eq!(value(&lines, "SEQUENCE"), nth.to_string());
                names.push(value(&lines, "UID"));
                // Amsterdam is an hour ahead on the 28th and two on the 29th.
                let start = if nth == 0 { "20260328T140000Z" } else { "20260329T130000Z" };
                assert_eq!(value(&lines, "DTSTART"), start);
                assert!(
                    letter.text.contains("text/calendar; charset=utf-8; method=REQUEST"),
                    "{}",
                    letter.text
                );
            }
        }
        let ended = house.persona("cy").await.post(&format!("{talk}/end"), "").await;
        assert_eq!(ended.status, StatusCode::SEE_OTHER, "{}", ended.body);
        office.sender(&house, later(2)).drain().await.unwrap();
        let letters = office.take();
        assert_eq!(letters.len(), 2, "{}", house.engine);
        for letter in &letters {
            let lines = calendar(letter);
            assert_eq!(value(&lines, "METHOD"), "CANCEL");
            assert_eq!(value(&lines, "STATUS"), "CANCELLED");
            assert_eq!(value(&lines, "SEQUENCE"), "2");
            names.push(value(&lines, "UID"));
        }
        names.dedup();
        assert_eq!(names.len(), 1, "{}: {names:?}", house.engine);
    }
}

/// The address of a new feed of somebody's, as a path.
async fn make_feed(house: &House, slug: &str) -> String {
    let page = house.persona(slug).await.post("/me/notices/feed", "").await.body;
    let link = page.split("http://espalier.test").find(|rest| rest.starts_with("/calendar/")).unwrap();
    link.split('<').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_feed_shows_the_meetings_of_whoever_made_it_until_it_is_replaced_ended_or_they_leave() {
    for house in common::houses().await {
        let talk = plan(&house).await;
        set_time(&house, &talk, "2026-03-28T15:00").await;
        let (nobody, first) = (house.nobody(), make_feed(&house, "bo").await);
        let feed = nobody.get(&first).await;
        assert_eq!(feed.headers[header::CONTENT_TYPE], "text/calendar; charset=utf-8");
        assert!(feed.body.contains("DTSTART:20260328T140000Z\r\n"), "{}", feed.body);
        for name in ["Bo", "Cy", "demo.example"] {
            assert!(!feed.body.contains(name), "{name}: {}", feed.body);
        }
        let gus = make_feed(&house, "gus").await;
        assert!(!nobody.get(&gus).await.body.contains("VEVENT"), "{}", house.engine);

        let second = make_feed(&house, "bo").await;
        assert_eq!(nobody.get(&first).await.status, StatusCode::NOT_FOUND, "it was replaced");
        assert_eq!(nobody.get(&second).await.status, StatusCode::OK);
        house.persona("bo").await.post("/me/notices/feed/end", "").await;
        assert_eq!(nobody.get(&second).await.status, StatusCode::NOT_FOUND, "it was ended");

        let third = make_feed(&house, "bo").await;
        assert_eq!(nobody.get(&third).await.status, StatusCode::OK);
        let mut tx = house.store.write().await.unwrap();
        let sql = "update person set left_on = '2026-03-02' where email = 'bo@demo.example'";
        tx.run(&Statement { name: "STORY", sql }, &[]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(nobody.get(&third).await.status, StatusCode::NOT_FOUND, "{}", house.engine);
    }
}

/// Whether a program can be started; what is missing is said.
fn has(program: &str, words: &[&str]) -> bool {
    let found = Command::new(program).args(words).output().is_ok_and(|answer| answer.status.success());
    if !found {
        eprintln!("SKIPPED: {program} {} does not work here", words.join(" "));
    }
    found
}

#[tokio::test]
async fn other_programs_read_the_feed_as_it_is_meant() {
    let house = common::houses().await.remove(0);
    let talk = plan(&house).await;
    set_time(&house, &talk, "2026-03-29T15:00").await;
    let text = house.nobody().get(&make_feed(&house, "bo").await).await.body;
    let file = house.folder.path().join("feed.ics");
    std::fs::write(&file, &text).unwrap();

    if let Some(python) = peer::python_with("icalendar") {
        let program = "import sys, icalendar\n\
                       calendar = icalendar.Calendar.from_ical(open(sys.argv[1], 'rb').read())\n\
                       for event in calendar.walk('VEVENT'):\n    \
                       print(event['SUMMARY'], event['DTSTART'].dt.isoformat(), event['SEQUENCE'], event['UID'])\n";
        let answer = Command::new(python).args(["-c", program]).arg(&file).output().unwrap();
        let said = String::from_utf8(answer.stdout).unwrap();
        let id = talk.rsplit('/').next().unwrap();
        assert_eq!(said, format!("Development meeting 2026-03-29T13:00:00+00:00 0 {id}@espalier.test\n"));
    }
    if has("khal", &["--version"]) {
        let calendars = house.folder.path().join("calendars");
        std::fs::create_dir(&calendars).unwrap();
        let config = house.folder.path().join("khal.conf");
        let settings = format!(
            "[calendars]\n[[talks]]\npath = {}\n[locale]\nlocal_timezone = Europe/Amsterdam\ndefault_timezone = \
             Europe/Amsterdam\ntimeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\ndatetimeformat = \
             %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n[sqlite]\npath = {}\n",
            calendars.display(),
            house.folder.path().join("khal.db").display()
        );
        std::fs::write(&config, settings).unwrap();
        let khal = |words: &[&str]| {
            let answer = Command::new("khal").arg("-c").arg(&config).args(words).output().unwrap();
            assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
            String::from_utf8(answer.stdout).unwrap()
        };
        khal(&["import", "--batch", "-a", "talks", file.to_str().unwrap()]);
        let listed =
            khal(&["list", "--format", "{start-time} {title}", "--day-format", "", "2026-03-29", "1d"]);
        assert_eq!(listed.trim(), "15:00 Development meeting");
    }
}

#[tokio::test]
async fn when_somebody_is_erased_the_other_side_hears_that_the_meeting_is_off() {
    for house in common::houses().await {
        peer::open_ways(&house).await;
        let office = PostOffice::open().await;
        let talk = plan(&house).await;
        set_time(&house, &talk, "2026-03-28T15:00").await;
        office.sender(&house, later(1)).drain().await.unwrap();
        let invited = office.take();
        let [one, _] = &invited[..] else { panic!("{invited:?}") };
        let name = value(&calendar(one), "UID");

        let bo = house.persona("bo").await;
        bo.post("/me/data/erasure", "phrase=erase+what+is+mine").await;
        let page = format!("/admin/erasures/{}", house.id_of("bo").await);
        let erased = house.persona("fay").await.post(&page, "address=bo@demo.example").await;
        assert_eq!(erased.status, StatusCode::SEE_OTHER, "{}: {}", house.engine, erased.body);
        office.sender(&house, later(2)).drain().await.unwrap();
        let letters: Vec<Letter> =
            office.take().into_iter().filter(|letter| letter.words().contains("BEGIN:VCALENDAR")).collect();
        let [letter] = &letters[..] else { panic!("{}: {letters:?}", house.engine) };
        assert_eq!(letter.to, "cy@demo.example", "{}", house.engine);
        let lines = calendar(letter);
        assert_eq!((value(&lines, "METHOD"), value(&lines, "UID")), ("CANCEL".to_owned(), name));
        assert!(
            !letter.words().contains("Achterberg") && !letter.words().contains("Bo "),
            "{}",
            letter.words()
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn vdirsyncer_pulls_the_feed_and_sees_when_a_meeting_is_called_off() {
    if !has("vdirsyncer", &["--version"]) {
        return;
    }
    let house = common::houses().await.remove(0);
    let talk = plan(&house).await;
    set_time(&house, &talk, "2026-03-29T15:00").await;
    let feed = make_feed(&house, "bo").await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(axum::serve(listener, house.router.clone()).into_future());
    let folder = house.folder.path();
    let (config, calendars) = (folder.join("vdirsyncer.conf"), folder.join("pulled"));
    let settings = format!(
        "[general]\nstatus_path = \"{}\"\n[pair talks]\na = \"house\"\nb = \"here\"\ncollections = null\n\
         [storage house]\ntype = \"http\"\nurl = \"http://{address}{feed}\"\n\
         [storage here]\ntype = \"filesystem\"\npath = \"{}\"\nfileext = \".ics\"\n",
        folder.join("status").display(),
        calendars.display(),
    );
    std::fs::write(&config, settings).unwrap();
    std::fs::create_dir(&calendars).unwrap();
    let pull = async || -> Vec<String> {
        for words in [&["discover"][..], &["sync", "--force-delete"][..]] {
            let mut program = Command::new("vdirsyncer");
            program.arg("-c").arg(&config).args(words);
            let answer = tokio::task::spawn_blocking(move || program.output().unwrap()).await.unwrap();
            assert!(answer.status.success(), "{words:?}: {}", String::from_utf8_lossy(&answer.stderr));
        }
        let files = std::fs::read_dir(&calendars).unwrap();
        files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
    };
    let pulled = pull().await;
    let [event] = &pulled[..] else { panic!("{pulled:?}") };
    assert!(event.contains("DTSTART:20260329T130000Z") && event.contains("Development meeting"), "{event}");
    house.persona("bo").await.post(&format!("{talk}/end"), "").await;
    assert_eq!(pull().await, [""; 0], "the meeting is off");
    serving.abort();
}

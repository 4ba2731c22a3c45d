//! What invented people write. Each text could be anybody's.

use crate::plan::DeedKind;

/// What happened, what somebody did, what came of it.
pub(super) const DEEDS: [[&str; 3]; 20] = [
    [
        "The nightly job failed for the third time that month.",
        "I read it from the first line to the last and wrote down what each part was for.",
        "Two of five parts could go, and it has not failed since.",
    ],
    [
        "",
        "I wrote a test for the rounding that customers had complained about.",
        "It found a second case nobody had seen.",
    ],
    [
        "Support asked the same question every week.",
        "I sat with them for a morning and counted what people searched for.",
        "One sentence on the page took half of the questions away.",
    ],
    [
        "A new colleague was to take over the export.",
        "We changed it together for a week, she at the keyboard.",
        "She released the next change without me.",
    ],
    [
        "",
        "I said in planning that we were about to build it twice, and showed the other half.",
        "We talked to the other team first.",
    ],
    [
        "The release waited for a review on a Friday afternoon.",
        "I read it the same hour and cut it into two with its author.",
        "The safe half went out, the other on Monday.",
    ],
    [
        "",
        "I led the talk after the outage and asked for facts before causes.",
        "The list had three things nobody had known.",
    ],
    [
        "Nobody knew how full the queue could get.",
        "I filled it on purpose in the test system, with the team watching.",
        "We set a limit, and an alarm that means something.",
    ],
    ["", "I wrote the page on which the choice of the database was made, with the reasons against it.", ""],
    [
        "Two people disagreed in a review and it became personal.",
        "I asked both to show the case they were afraid of.",
        "It was the same case.",
    ],
    [
        "",
        "I moved the settings into one place and deleted the rest.",
        "A new service takes an hour now instead of a day.",
    ],
    [
        "The forecast was asked for before anybody had looked.",
        "I took two days for the largest unknown first.",
        "It was not possible that way, and we knew it in week one.",
    ],
    [
        "",
        "I showed the sales team what a slow page costs, with their own customers.",
        "They brought the next case themselves.",
    ],
    [
        "A colleague came back after half a year away.",
        "I wrote her a page of what had changed and why.",
        "It is now what every new person reads first.",
    ],
    ["", "I asked for help after one day instead of three.", "We found it in an hour."],
    [
        "The on-call week was loud at night.",
        "I wrote down every alarm and what anybody had done about it.",
        "Nine of fourteen went; nobody missed them.",
    ],
    [
        "",
        "I let somebody else hold the demo and sat in the last row.",
        "He answered the hard question better than I would have.",
    ],
    [
        "The plan of the quarter had no owner for the move.",
        "I asked in the round who would miss it most, and waited.",
        "It had an owner by the end of the hour.",
    ],
    ["", "I removed the last use of the old login.", "Nobody noticed, as it should be."],
    [
        "Customers in one country could not pay for an hour.",
        "I kept the log of who did what, so that the others could think.",
        "The next one took twelve minutes.",
    ],
];

/// What the person writes beside a point.
pub(super) const OWN_NOTES: [&str; 6] = [
    "The move in autumn: it was mine from the first page to the last.",
    "Still hard when the other team is in a hurry.",
    "Twice this half-year, and both times somebody came back to it.",
    "I would like to do this more often.",
    "Only with help so far.",
    "It shows in the reviews.",
];

/// What whoever leads them writes beside it.
pub(super) const LEAD_NOTES: [&str; 6] = [
    "I hear this from two teams without asking.",
    "You see it yourself. That is the hard part.",
    "I have only seen the beginning of it.",
    "The week of the outage showed it.",
    "Let us find you a case for it.",
    "You have made this look easy, and others follow.",
];

/// What two wrote down together.
pub(super) const TALK_NOTES: [&str; 4] = [
    "What carries: finishing, and saying early when it takes longer. What comes next: letting somebody else hold the demo.",
    "A half-year with much in it. We keep one thing for the next: the page before the decision.",
    "We began with the outage. What to keep: calm. What to try: asking for help on the first day.",
    "More reviews that teach, fewer that correct. We look again at the checkpoint.",
];

/// What a step of a plan says: why, the ladder of five, the evidence, the first step, when to stop.
pub(super) const STEPS: [[&str; 9]; 3] = [
    [
        "The team grows by two, and I have been the one who explains everything.",
        "I explain it myself each time.",
        "I write it down after I was asked.",
        "One part of the product is explained by somebody else each month.",
        "Two colleagues explain it without me in the room.",
        "Somebody has made the explanation better than mine was.",
        "Who held the demo, and what they say about it.",
        "Ask one colleague which part they would like to own.",
        "If nobody wants to own a part after two rounds.",
    ],
    [
        "Two incidents this year took longer than they had to, because nobody led.",
        "I wait until somebody takes over.",
        "I take over when I am asked to.",
        "I lead one incident from the first call to the talk after it.",
        "I lead, and somebody learns it beside me.",
        "Others lead, and come to me only for the talk after it.",
        "The notes of the talk after each incident.",
        "Sit beside whoever leads the next drill.",
        "If there is neither an incident nor a drill for three months.",
    ],
    [
        "Decisions wait for me to be sure, and the others wait with me.",
        "Pages are written after the decision.",
        "I write down one side.",
        "Three decisions are made on a page of mine, with both sides in it.",
        "Colleagues write such pages and ask me to read them.",
        "The group asks for a page before it decides.",
        "The pages, and what one of those who decided says.",
        "Choose the smallest open decision and write half a page.",
        "If two decisions were better made in five minutes at the board.",
    ],
];

/// What is done to get there.
pub(super) const ACTIONS: [(DeedKind, &str); 6] = [
    (DeedKind::Experience, "Do it once in the next two weeks, with somebody near."),
    (DeedKind::Exposure, "Sit beside somebody who does it well, and write down three things."),
    (DeedKind::Education, "Read one chapter, and try one thing from it the same week."),
    (DeedKind::Experience, "Take the next case that comes, even if it is small."),
    (DeedKind::Exposure, "Ask the team next door how they do it."),
    (DeedKind::Experience, "Let a colleague do it, and stay in the room."),
];

/// What somebody says when they rate a step.
pub(super) const RATINGS: [&str; 4] =
    ["", "Once, and it held.", "Not yet every time.", "It goes by itself when the week is calm."];

/// A goal: what it says, why, how it is measured, from and to.
pub(super) const GOALS: [[&str; 5]; 4] = [
    ["Quieter nights", "Two of us slept badly last winter.", "calls at night in a month", "11", "2"],
    [
        "Changes reach people sooner",
        "What waits gets stale, and nobody remembers why it was so.",
        "days from review to release",
        "6",
        "1",
    ],
    ["Fewer questions twice", "The same five questions cost us a day a week.", "questions a week", "20", "8"],
    ["A page that opens at once", "People on the train wait longest.", "seconds on a slow line", "7", "2"],
];

/// Feedback: the situation, what they did, what came of it.
pub(super) const FEEDBACK: [[&str; 3]; 5] = [
    [
        "The planning on Tuesday.",
        "You asked what would happen if we did nothing.",
        "We dropped a third of the list, and nobody was sad about it.",
    ],
    [
        "My first release.",
        "You stayed until it was out and did not touch the keyboard.",
        "I know now that I can do it.",
    ],
    [
        "The review of the export.",
        "You wrote eleven comments on names before the one that mattered.",
        "I nearly missed the one that mattered.",
    ],
    ["The hour of the outage.", "You kept the log.", "The rest of us could think."],
    [
        "When the date moved.",
        "You told the other team before I had to ask.",
        "They planned around it, and we are still friends.",
    ],
];

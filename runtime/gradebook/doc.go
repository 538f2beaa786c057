// Package gradebook keeps the grades of a course run's learners as a table in memory, for pages and reports that sort and
// filter all of them. Grades are stored by package scoring and identity by package people; nothing is stored here.
//
// A [Table] never changes. Each [Gradebook.Open] asks the store what was written since the last look (what changed among
// members, accounts and grades, each on an index by time, and the cohorts; at most once a second) and makes a new table that shares the rows that are as they were. So what one
// process accepts shows in another one's gradebook within a second, and no message has to arrive for that. The instants that
// it asks by are those of the processes that wrote, so it looks [Slack] further back than its own last look, and once in
// [Whole] it reads everything afresh. A publish makes a new table at once.
//
// Grades that are not from the published content, the policy and the learner's groups as they are now are marked stale, and
// handed to the workers (see scoring.RecountJob).
package gradebook

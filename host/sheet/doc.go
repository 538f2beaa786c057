// Package sheet writes and reads tables as spreadsheet programs exchange them: comma-separated values in UTF-8. It is the only
// writer of such files, since what learners typed ends up in them: a cell that a spreadsheet would run as a formula is made
// plain text on the way out, and what was done to it is undone on the way in.
package sheet

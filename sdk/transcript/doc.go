// Package transcript reads the captions and transcripts that courses have, SubRip (.srt), WebVTT (.vtt) and Open edX's .sjson, and
// writes them as WebVTT and as plain text. Parse is lenient, because authors' files are not clean: what holds times and text is read.
// Check tells an author what is wrong with a file, line by line, before it is used.
package transcript

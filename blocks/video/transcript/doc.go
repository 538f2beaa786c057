// Package transcript reads the transcripts that courses have, SubRip (.srt), WebVTT (.vtt) and Open edX's .sjson, and writes
// them as WebVTT and as plain text. It is lenient, because authors' files are not clean: what holds times and text is read.
package transcript

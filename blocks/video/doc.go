// Package video is the video block: Open edX's videos in the browser's own player, with captions, and the transcript beside
// it.
//
// A transcript stays the file that the author uploaded, SubRip, WebVTT or Open edX's sjson; the block's handlers read it with
// package transcript and give it as captions, as lines for the page's script and as text to download. Where a video is on
// YouTube alone, nothing is asked of YouTube before the learner clicks.
//
// The page's script (assets/video.js) tells the handler progress where the learner is and which stretches were played. Those
// are joined in watched.go; a video is complete when 95 % of it were played.
package video

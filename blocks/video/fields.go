package video

import "github.com/quoin-lms/quoin/sdk"

// Fields are what an author sets, by Open edX's names, and what is kept of a learner. Times are seconds from the video's start.
type Fields struct {
	DisplayName string `quoin:"display_name,settings" default:"\"Video\"" title:"Name"`
	// Sources are files of the course or of the web, best first.
	Sources []string `quoin:"html5_sources,settings" items:"file" default:"[]" title:"Video files" add:"Add a file" help:"Addresses, best first: https://... or /static/NAME."`
	// YouTube videos: one for each speed, from the days when YouTube had none. Only the first is played.
	YouTube    string `quoin:"youtube_id_1_0,settings" default:"\"\"" title:"YouTube ID" help:"What follows v= in the video's address."`
	YouTube075 string `quoin:"youtube_id_0_75,settings,rare" default:"\"\"" title:"YouTube ID of a slow copy" help:"At three quarters of the speed, from the days when YouTube had no speeds. It is not played."`
	YouTube125 string `quoin:"youtube_id_1_25,settings,rare" default:"\"\"" title:"YouTube ID of a quick copy" help:"At one and a quarter of the speed. It is not played."`
	YouTube15  string `quoin:"youtube_id_1_5,settings,rare" default:"\"\"" title:"YouTube ID of a quicker copy" help:"At one and a half of the speed. It is not played."`

	EdxVideoID string  `quoin:"edx_video_id,settings,rare" default:"\"\"" title:"Video ID"`
	Start      float64 `quoin:"start_time,settings,duration,rare" default:"0" min:"0" title:"Start" help:"Seconds."`
	End        float64 `quoin:"end_time,settings,duration,rare" default:"0" min:"0" title:"End" help:"Seconds; 0 is the video's end."`
	Thumbnail  string  `quoin:"thumbnail,settings,file" default:"\"\"" title:"Picture before it plays"`

	// Transcripts are files of the course by language. Sub is the older way: the name that an English sjson file is made of.
	Transcripts map[string]string `quoin:"transcripts,settings,captions" default:"{}" title:"Captions and transcripts" help:"A file of the course for each language: .srt, .vtt or .sjson."`
	Sub         string            `quoin:"sub,settings,rare" default:"\"\"" title:"English transcript by its older name" help:"As courses have it that came from Open edX. Captions and transcripts above come first."`
	Track       string            `quoin:"track,settings,file,rare" default:"\"\"" title:"Transcript to download" help:"A file or address to offer beside the transcripts above."`
	// DownloadTrack unset offers the transcripts, which can be read on the page anyway.
	DownloadTrack  sdk.Opt[bool] `quoin:"download_track,settings,rare" title:"Offer transcripts to download"`
	DownloadVideo  bool          `quoin:"download_video,settings,rare" default:"false" title:"Offer the video to download"`
	ShowTranscript bool          `quoin:"show_captions,settings,rare" default:"true" title:"Open the transcript"`
	Handout        string        `quoin:"handout,settings,file,rare" default:"\"\"" title:"Handout"`

	OnlyOnWeb    bool          `quoin:"only_on_web,settings,rare" default:"false" title:"Not in mobile apps"`
	PublicAccess bool          `quoin:"public_access,settings,rare" default:"false" title:"May be shared"`
	AutoAdvance  sdk.Opt[bool] `quoin:"auto_advance,settings,rare" title:"Go on by itself"`

	// Children is OLX inside the element that no field above stands for, such as <video_asset>.
	Children string `quoin:"olx_children,content,xml,rare" default:"\"\"" title:"Other parts, as OLX" help:"What an imported video has that no field above stands for. It goes along when the course is exported."`

	// Position is where the learner was last, Watched what was played, in order and without overlaps.
	Position float64 `quoin:"saved_video_position,user_state" default:"0"`
	Watched  []Span  `quoin:"watched,user_state" default:"[]"`

	// What the learner likes, for all videos of the course. Speed 0 is not chosen yet.
	Speed    float64       `quoin:"global_speed,preferences" default:"0"`
	Language string        `quoin:"transcript_language,preferences" default:"\"\""`
	Captions sdk.Opt[bool] `quoin:"captions,preferences"`
}

// Public is what views and handlers need of the content.
type Public struct {
	Title   string   `json:"n,omitempty"`
	Sources []source `json:"s,omitempty"`
	YouTube string   `json:"y,omitempty"`
	Start   float64  `json:"b,omitempty"`
	End     float64  `json:"e,omitempty"`
	Poster  string   `json:"p,omitempty"`
	Tracks  []track  `json:"t,omitempty"`
	// Links beside the player; "" is none.
	Transcript string `json:"d,omitempty"`
	Handout    string `json:"h,omitempty"`
	// OfferVideo and OfferText say that the files may be downloaded, Open that the transcript is open at first.
	OfferVideo bool `json:"v,omitempty"`
	OfferText  bool `json:"x,omitempty"`
	Open       bool `json:"o,omitempty"`
}

// source is one file of the same video.
type source struct {
	URL  string `json:"u"`
	Type string `json:"t,omitempty"`
}

// track is the transcript in one language, a file of the course.
type track struct {
	Language string `json:"l"`
	File     string `json:"f"`
}

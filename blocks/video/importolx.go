package video

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/olx"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// attributes are those of <video> that are fields here. The others are the host's: it keeps what nobody knows.
var attributes = map[string]wire.FieldType{
	"display_name": wire.TypeString, "youtube_id_1_0": wire.TypeString, "youtube_id_0_75": wire.TypeString,
	"youtube_id_1_25": wire.TypeString, "youtube_id_1_5": wire.TypeString, "html5_sources": wire.TypeList,
	"edx_video_id": wire.TypeString, "thumbnail": wire.TypeString, "transcripts": wire.TypeObject, "sub": wire.TypeString,
	"track": wire.TypeString, "download_track": wire.TypeBoolean, "download_video": wire.TypeBoolean,
	"show_captions": wire.TypeBoolean, "handout": wire.TypeString, "only_on_web": wire.TypeBoolean,
	"public_access": wire.TypeBoolean, "auto_advance": wire.TypeBoolean,
}

// ImportOLX implements sdk.Importer.
func (block) ImportOLX(_ *sdk.Call, source []byte, _ []wire.OLXFile) (wire.Fields, []wire.Finding, error) {
	element, err := olx.Read(source)
	if err != nil {
		return nil, nil, sdk.Refuse("reading the video's element: %v", err)
	}
	i := &importing{}
	var bad []string
	i.fields, bad = element.Fields(attributes)
	for _, name := range bad {
		i.warn(name, 0, "the value of "+name+" cannot be read, so it counts as not set", "mend the value")
	}
	i.speeds(element)
	i.clock(element, "start_time", "from")
	i.clock(element, "end_time", "to")
	if err := i.children(element); err != nil {
		return nil, nil, sdk.Refuse("reading the video's element: %v", err)
	}
	return i.fields, i.findings, nil
}

type importing struct {
	fields   wire.Fields
	findings []wire.Finding
}

func (i *importing) warn(field string, line int, message, fix string) {
	i.findings = append(i.findings, wire.Finding{Level: wire.LevelWarning, Field: field, Line: line, Message: message, Fix: fix})
}

// speeds reads youtube="0.75:ID,1.00:ID", which older courses have beside or instead of youtube_id_1_0.
func (i *importing) speeds(element *olx.Element) {
	text, _ := element.Attr("youtube")
	fields := map[float64]string{0.75: "youtube_id_0_75", 1: "youtube_id_1_0", 1.25: "youtube_id_1_25", 1.5: "youtube_id_1_5"}
	for pair := range strings.SplitSeq(text, ",") {
		speed, id, found := strings.Cut(strings.TrimSpace(pair), ":")
		id = strings.Trim(strings.TrimSpace(id), `"'`)
		if !found || id == "" {
			continue
		}
		number, err := strconv.ParseFloat(strings.TrimSpace(speed), 64)
		field, known := fields[number]
		if err != nil || !known {
			i.warn("youtube", 0, fmt.Sprintf("youtube names a video for the speed %q, which is none of 0.75, 1.00, 1.25 and 1.50", speed), "leave it out: the player changes the speed by itself")
			continue
		}
		if _, given := i.fields[field]; !given {
			i.fields[field] = olx.String(id)
		}
	}
}

// clock reads a time; older courses have it under another name.
func (i *importing) clock(element *olx.Element, names ...string) {
	for _, name := range names {
		text, ok := element.Attr(name)
		if !ok {
			continue
		}
		seconds, err := clock(text)
		if err != nil {
			i.warn(name, 0, fmt.Sprintf("%s: %v, so it counts as not set", name, err), "write hours:minutes:seconds, such as 00:01:30")
			return
		}
		if data, err := json.Marshal(seconds); err == nil && seconds > 0 {
			i.fields[names[0]] = data
		}
		return
	}
}

// clock reads a place in a video: [[hours:]minutes:]seconds with a fraction, in JSON or not. Nothing is 0.
func clock(text string) (seconds float64, err error) {
	text = strings.Trim(strings.TrimSpace(text), `"`)
	if text == "" || strings.EqualFold(text, "none") || text == "null" {
		return 0, nil
	}
	parts := strings.Split(text, ":")
	if len(parts) > 3 {
		return 0, fmt.Errorf("%.40q is no time", text)
	}
	for _, part := range parts {
		n, err := strconv.ParseFloat(strings.TrimSuffix(part, "s"), 64)
		if err != nil || n < 0 || math.IsInf(n, 0) || math.IsNaN(n) {
			return 0, fmt.Errorf("%.40q is no time", text)
		}
		seconds = seconds*60 + n
	}
	if seconds > maxSeconds {
		return 0, fmt.Errorf("%.40q is more than a day", text)
	}
	return seconds, nil
}

// children reads the elements inside; what no field stands for is kept as it is written. An attribute counts more than a
// child, as in Open edX.
func (i *importing) children(element *olx.Element) error {
	children, err := element.Children()
	if err != nil {
		return err
	}
	var sources []string
	var rest strings.Builder
	transcripts := map[string]string{}
	for _, child := range children {
		src, _ := child.Attr("src")
		switch child.Name {
		case "source":
			if src != "" {
				sources = append(sources, src)
			}
		case "track", "handout":
			i.unlessGiven(child.Name, src)
		case "transcript":
			if language, _ := child.Attr("language"); language != "" && src != "" {
				transcripts[language] = src
			} else {
				i.warn("transcripts", child.Line, "a <transcript> without language or src is left out", "name both")
			}
		default:
			rest.WriteString(child.Source)
			rest.WriteByte('\n')
		}
	}
	if given := string(i.fields["html5_sources"]); len(sources) > 0 && (given == "" || given == "[]") {
		i.set("html5_sources", sources)
	}
	if len(transcripts) > 0 {
		var given map[string]string
		if json.Unmarshal(i.fields["transcripts"], &given) == nil {
			for language, file := range given {
				transcripts[language] = file
			}
		}
		i.set("transcripts", transcripts)
	}
	if rest.Len() > 0 {
		i.set("olx_children", rest.String())
	}
	return nil
}

func (i *importing) unlessGiven(field, value string) {
	if given := string(i.fields[field]); value != "" && (given == "" || given == `""`) {
		i.fields[field] = olx.String(value)
	}
}

func (i *importing) set(field string, value any) {
	if text, ok := value.(string); ok {
		i.fields[field] = olx.String(text)
		return
	}
	if data, err := json.Marshal(value); err == nil { // lists and maps of texts always encode
		i.fields[field] = data
	}
}

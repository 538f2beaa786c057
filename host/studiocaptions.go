package host

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/fieldform"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/files"
	"github.com/quoin-lms/quoin/sdk/transcript"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// captionsPart is one of a component's fields that names files with captions, by language.
type captionsPart struct {
	Field, Title, Action, Bounds string
	Tracks                       []captionTrack
	// Languages are offered for another file, those that are there already behind the others.
	Languages []choice
}

// captionTrack is the file of one language.
type captionTrack struct {
	Language, Name, File string
	// Content is where the file itself is, Page where what is said of it is; "" for a file that the course does not have.
	Content, Page string
	Count         int
	Lines         []captionLine
	More          int
	// Problems are what is wrong with the file, in words.
	Problems []string
}

type captionLine struct{ At, Text string }

const (
	// captionsShown is how many lines of a file a form shows.
	captionsShown = 200
	// captionsRead bounds what a form reads of all files, in bytes: a component may name the largest file a hundred times.
	captionsRead = int64(8 << 20)
	// maxCaptionLanguages bounds the languages of one component.
	maxCaptionLanguages = 100
)

var captionKinds = []string{".srt", ".vtt", ".sjson"}

// captionLanguages are offered by name; any other can be typed as a tag.
var captionLanguages = []string{
	"af", "am", "ar", "az", "be", "bg", "bn", "bs", "ca", "cs", "cy", "da", "de", "el", "en", "es", "es-419", "et", "eu", "fa", "fi", "fil", "fr", "ga", "gl",
	"gu", "he", "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka", "kk", "km", "kn", "ko", "ku", "lo", "lt", "lv", "mk", "ml", "mn", "mr", "ms", "my", "nb",
	"ne", "nl", "nn", "pa", "pl", "ps", "pt", "pt-BR", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "sw", "ta", "te", "th", "tr", "uk", "ur", "uz", "vi", "zh-HANS",
	"zh-HANT",
}

var captionLanguage = regexp.MustCompile(`^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}$`)

// captionBytes bounds a file with captions.
func (c CourseFiles) captionBytes() int64 {
	most := c.Captions
	if most <= 0 {
		most = 2
	}
	return min(most*1_000_000, c.bounds().File)
}

// captionUploads is what one form with captions may bring.
func (r *request) captionUploads() *wire.Uploads {
	return &wire.Uploads{Files: 1, Bytes: r.server.config.CourseFiles.captionBytes(), Kinds: captionKinds}
}

// captionsOf are the parts of a component's form that take captions. The fields are taken out of those that a form draws.
func (r *request) captionsOf(content *authoring.Content, fields []fieldform.Field) (rest []fieldform.Field, parts []captionsPart, err error) {
	for i := range fields {
		if fields[i].Type != wire.TypeCaptions {
			rest = append(rest, fields[i])
			continue
		}
		part := captionsPart{
			Field: fields[i].Name, Title: cmp.Or(fields[i].Title, fields[i].Name), Action: r.studioPath() + "/components/" + content.Usage.String() + "/captions",
			Bounds: r.words.T("captions.bounds", r.words.Bytes(r.server.config.CourseFiles.captionBytes())),
		}
		named := captionFiles(content, part.Field)
		older := olderCaptions(content, named)
		if older != "" {
			named[olderLanguage] = older
		}
		room := captionsRead
		for _, language := range slices.Sorted(maps.Keys(named))[:min(len(named), maxCaptionLanguages)] {
			track, err := r.captionTrack(language, named[language], &room)
			if err != nil {
				return nil, nil, err
			}
			if older != "" && language == olderLanguage {
				track.Name = r.words.T("captions.older", track.Name)
			}
			part.Tracks = append(part.Tracks, track)
		}
		slices.SortFunc(part.Tracks, func(a, b captionTrack) int {
			return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Language, b.Language))
		})
		part.Languages = r.captionChoices(named)
		parts = append(parts, part)
	}
	return rest, parts, nil
}

// captionFiles are the names of files by language; what is something else is nothing here, and stays where it is in the element.
func captionFiles(content *authoring.Content, field string) map[string]string {
	named := map[string]string{}
	_ = json.Unmarshal(content.Fields[field], &named)
	return named
}

// Open edX named English captions by the field "sub" once: the file is called after its value. What is named by language counts
// before it.
const (
	olderField    = "sub"
	olderLanguage = "en"
)

// olderCaptions is the file that a component names the older way, "" for none.
func olderCaptions(content *authoring.Content, named map[string]string) string {
	var sub string
	if json.Unmarshal(content.Fields[olderField], &sub) != nil || sub == "" || named[olderLanguage] != "" {
		return ""
	}
	return "subs_" + sub + ".srt.sjson"
}

// captionChoices offers languages, the course's own first where it is missing.
func (r *request) captionChoices(named map[string]string) []choice {
	own, _ := r.courseLanguage()
	own = cmp.Or(own, r.words.Language)
	var list []choice
	for _, tag := range captionLanguages {
		text := r.words.LanguageName(tag)
		if _, there := named[tag]; there {
			text = r.words.T("captions.replaces", text)
		}
		list = append(list, choice{Value: tag, Text: text, Chosen: tag == own})
	}
	slices.SortStableFunc(list, func(a, b choice) int { return cmp.Compare(course.Fold(a.Text), course.Fold(b.Text)) })
	return list
}

// captionTrack reads the file of one language, if there is room for it.
func (r *request) captionTrack(language, address string, room *int64) (captionTrack, error) {
	name := strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(address), "/"), "static/")
	track := captionTrack{Language: language, Name: r.words.LanguageName(strings.ReplaceAll(language, "_", "-")), File: name}
	asset, err := r.site().Courses.Asset(r.ctx(), r.course, name)
	if isNotFound(err) {
		track.Problems = []string{r.words.T("captions.missing", name)}
		return track, nil
	}
	if err != nil {
		return track, err
	}
	track.Content, track.Page = r.filePath("content", asset.Name), r.filePath("at", asset.Name)
	if asset.Size > r.server.config.CourseFiles.captionBytes() {
		track.Problems = []string{r.words.T("captions.large", name)}
		return track, nil
	}
	if *room -= asset.Size; *room < 0 {
		track.Problems = []string{r.words.T("captions.unread")}
		return track, nil
	}
	data, err := r.readRange(asset.Hash, 0, asset.Size)
	if err != nil {
		return track, err
	}
	checked := transcript.Check(data)
	track.Count, track.Problems = len(checked.Lines), r.captionProblems(&checked)
	for _, line := range checked.Lines[:min(len(checked.Lines), captionsShown)] {
		at := int(line.Start)
		track.Lines = append(track.Lines, captionLine{fmt.Sprintf("%d:%02d:%02d", at/3600, at/60%60, at%60), line.Text})
	}
	track.More = track.Count - len(track.Lines)
	return track, nil
}

// captionProblems says what is wrong with a file: what, where and what to do about it.
func (r *request) captionProblems(checked *transcript.Checked) []string {
	var list []string
	for _, problem := range checked.Problems {
		text := r.words.T("captions.wrong_"+string(problem.Code), problem.Text)
		if problem.Line > 0 {
			text = r.words.T("captions.in_line", problem.Line, text)
		}
		list = append(list, text)
	}
	return list
}

// studioCaptions takes captions in one language, or takes them away. Learners see it when the component is published: files that
// somebody else may still see are left as they are.
func (r *request) studioCaptions() error {
	content, err := r.studioComponent()
	if err != nil {
		return err
	}
	fields, _ := r.authorFields(content)
	field := r.form("field")
	if !slices.ContainsFunc(fields, func(f fieldform.Field) bool { return f.Name == field && f.Type == wire.TypeCaptions }) {
		return errNotFound
	}
	var said []string
	var op string
	language := strings.TrimSpace(cmp.Or(r.form("tag"), r.form("language")))
	if r.form("do") == "remove" {
		op, err = r.nameCaptions(content, field, language, "")
		said = append(said, r.words.T("captions.removed", r.words.LanguageName(language)))
	} else {
		op, said, err = r.putCaptions(content, field, language)
	}
	if err != nil {
		return r.captionsRefused(err)
	}
	if !r.wantsData() {
		return r.backToUnit(content.Usage)
	}
	return r.data(fiber.StatusOK, fiber.Map{"op": op, "said": said})
}

func (r *request) captionsRefused(err error) error {
	var refused *fiber.Error
	if !r.wantsData() || !errors.As(err, &refused) || refused.Code == fiber.StatusNotFound {
		return err
	}
	return r.data(refused.Code, fiber.Map{"error": refused.Message})
}

// putCaptions looks at the file that came, stores it and names it in the component's draft.
func (r *request) putCaptions(content *authoring.Content, field, language string) (op string, said []string, err error) {
	refuse := func(text string) (string, []string, error) {
		return "", nil, fiber.NewError(fiber.StatusUnprocessableEntity, text)
	}
	received, err := r.received(r.captionUploads())
	switch {
	case err != nil:
		return "", nil, err
	case len(received) == 0:
		return refuse(r.words.T("captions.none_chosen"))
	case !captionLanguage.MatchString(language):
		return refuse(r.words.T("captions.bad_language", language))
	}
	if named := captionFiles(content, field); len(named) >= maxCaptionLanguages && named[language] == "" {
		return refuse(r.words.T("captions.many", maxCaptionLanguages))
	}
	data, err := received[0].Read()
	if err != nil {
		return "", nil, err
	}
	checked := transcript.Check(data)
	if !checked.Usable() {
		return refuse(r.words.T("captions.refused", received[0].name) + "\n" + strings.Join(r.captionProblems(&checked), "\n"))
	}
	from := received[0].Spooled
	said = []string{r.words.T("captions.stored", r.words.LanguageName(language), len(checked.Lines))}
	if checked.Encoding != transcript.UTF8 {
		if from, err = r.site().Files.Spool(r.ctx(), strings.NewReader(checked.Text), int64(len(checked.Text))); err != nil {
			return "", nil, err
		}
		defer from.Close()
		said = append(said, r.words.T("captions.converted", string(checked.Encoding)))
	}
	name, there, err := r.captionName(received[0].name, language, from)
	if err == nil && !there {
		err = r.storeFile(name, from, true)
	}
	if err != nil {
		return "", nil, err
	}
	op, err = r.nameCaptions(content, field, language, name)
	return op, append(said, r.captionProblems(&checked)...), err
}

// maxCaptionNames is how many files with captions may be called alike.
const maxCaptionNames = 500

// captionName finds a name under which the file can stand beside those that are there, with its language. The same content is found
// again instead of stored twice.
func (r *request) captionName(upload, language string, from *files.Spooled) (name string, there bool, err error) {
	ending := strings.ToLower(path.Ext(upload))
	stem := strings.TrimSuffix(upload, path.Ext(upload))
	for _, sign := range []string{"-", "_", "."} {
		stem = strings.TrimSuffix(stem, sign+language)
	}
	stem = strings.TrimRight(clip(stem, 120), " .")
	for n := 1; n <= maxCaptionNames; n++ {
		name = stem + "-" + language + ending
		if n > 1 {
			name = fmt.Sprintf("%s-%s-%d%s", stem, language, n, ending)
		}
		asset, err := r.site().Courses.Asset(r.ctx(), r.course, name)
		switch {
		case isNotFound(err):
			return name, false, nil
		case err != nil:
			return "", false, err
		case asset.Name == name && asset.Hash == from.Hash:
			return name, true, nil
		}
	}
	return "", false, fiber.NewError(fiber.StatusUnprocessableEntity, r.words.T("files.taken", name))
}

// nameCaptions names a file in the component's draft, "" takes the language away.
func (r *request) nameCaptions(content *authoring.Content, field, language, name string) (op string, err error) {
	named := captionFiles(content, field)
	edits := map[string]authoring.FieldEdit{}
	switch {
	case name != "":
		named[language] = name
	case language == olderLanguage && olderCaptions(content, named) != "":
		edits[olderField] = authoring.FieldEdit{Base: content.Fields[olderField], Value: json.RawMessage("null")}
	default:
		delete(named, language)
	}
	value, err := json.Marshal(named)
	if err != nil {
		return "", err
	}
	if len(edits) == 0 {
		edits[field] = authoring.FieldEdit{Base: orNull(content.Fields[field]), Value: value}
	}
	saved, err := r.authoring().Save(r.ctx(), r.author(), content.Usage, edits)
	if err != nil {
		return "", r.studioFailure(err)
	}
	return saved.Op, nil
}

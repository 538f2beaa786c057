package host

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/fieldform"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// advancedSettings are the policy keys of a course (Open edX's policy.json) by group, each as NAME or NAME:KIND. Without a kind a
// setting is a text; the kinds are those of advancedKinds, and choices written a|b|c. Those of the other pages of settings are
// there, too. Keys and passports are left out: nobody reads those back (security R12).
var advancedSettings = []struct{ group, names string }{
	{"dates", `start:time end:time enrollment_start:time enrollment_end:time announcement:time advertised_start certificate_available_date:time
		certificates_display_behavior:end|end_with_date|early_no_info certificates_show_before_end:truth`},
	{"display", `display_name display_organization display_coursenumber course_image banner_image video_thumbnail_image language css_class
		cosmetic_display_price:number is_new:truth catalog_visibility:both|about|none course_visibility:private|public_outline|public social_sharing_url
		learning_info:list instructor_info:object course_wide_js:list course_wide_css:list other_course_settings:object`},
	{"enrol", `invitation_only:truth max_student_enrollments_allowed:number enrollment_domain pre_requisite_courses:list course_survey_name
		course_survey_required:truth entrance_exam_enabled:truth entrance_exam_id entrance_exam_minimum_score_pct:number enable_ccx:truth ccx_connector`},
	{"content", `advanced_modules:list tabs:list pdf_textbooks:list html_textbooks:list textbooks:list wiki_slug allow_public_wiki_access:truth show_calculator:truth
		edxnotes:truth edxnotes_visibility:truth allow_unsupported_xblocks:truth use_latex_compiler:truth static_asset_path giturl course_edit_method`},
	{"discussion", `discussion_topics:object discussion_blackouts:list discussions_settings:object discussion_link allow_anonymous:truth
		allow_anonymous_to_peers:truth cohort_config:object`},
	{"grading", `graceperiod:number no_grade:truth minimum_grade_credit:number disable_progress_graph:truth hide_progress_tab:truth remote_gradebook:object
		enable_subsection_gating:truth force_on_flexible_peer_openassessments:truth max_attempts:number showanswer show_correctness:always|past_due|never|never_but_include_grade
		rerandomize:always|onreset|never|per_student show_reset_button:truth`},
	{"exams", `enable_timed_exams:truth enable_proctored_exams:truth proctoring_provider proctoring_escalation_email allow_proctoring_opt_out:truth create_zendesk_tickets:truth
		in_entrance_exam:truth`},
	{"groups", `user_partitions:list teams_configuration:object group_access:object visible_to_staff_only:truth hide_from_toc:truth`},
	{"misc", `self_paced:truth mobile_available:truth video_sharing_options:per-video|all-on|all-off video_speed_optimizations:truth
		video_auto_advance:truth video_bumper:object highlights_enabled_for_messaging:truth cert_name_short cert_name_long cert_html_view_enabled:truth
		cert_html_view_overrides:object certificates:object issue_badges:truth end_of_course_survey_url due_date_display_format show_timezone:truth days_early_for_beta:number publish_needs_review:truth`},
}

// advancedKinds are the kinds besides choices: the words are "studio_advanced.kind_" with the name.
var advancedKinds = []string{"text", "truth", "number", "time", "list", "object"}

// advancedSetting is one setting that the page edits.
type advancedSetting struct {
	group, name, kind string
	choices           []string
}

var allAdvanced = func() []advancedSetting {
	var all []advancedSetting
	for _, group := range advancedSettings {
		for _, text := range strings.Fields(group.names) {
			name, kind, _ := strings.Cut(text, ":")
			s := advancedSetting{group: group.group, name: name, kind: firstOf(kind, "text")}
			if !slices.Contains(advancedKinds, s.kind) {
				s.kind, s.choices = "choice", strings.Split(kind, "|")
			}
			all = append(all, s)
		}
	}
	return all
}()

// advancedBody is the page of all settings.
type advancedBody struct {
	Action, Query, Found string
	Groups               []advancedGroup
}

type advancedGroup struct {
	Title string
	Rows  []advancedRow
}

// advancedRow is one setting: its input, and what it was when the page was made.
type advancedRow struct {
	Name, Kind, Was string
	Set             bool
	Input           settingInput
}

// advancedText writes a setting's JSON as its input has it; "" for what is not set.
func advancedText(kind, value string) string {
	if value == "" || value == "null" {
		return ""
	}
	var text string
	if kind != "list" && kind != "object" && json.Unmarshal([]byte(value), &text) == nil {
		return text
	}
	if kind == "list" || kind == "object" {
		return fieldform.Indented(json.RawMessage(value))
	}
	return value
}

func (r *request) studioAdvanced() error {
	settings, err := r.courseSettings()
	if err != nil {
		return err
	}
	return r.showAdvanced(fiber.StatusOK, settings, nil, nil)
}

// showAdvanced shows the settings that the search finds, all without one. sent is what was sent.
func (r *request) showAdvanced(status int, settings map[string]string, sent func(string) string, wrong map[string]string) error {
	body := &advancedBody{Action: r.studioPath() + "/settings/advanced", Query: clip(r.Query("q"), 100)}
	words := strings.Fields(strings.ReplaceAll(course.Fold(body.Query), "_", " "))
	found := 0
	for i := range allAdvanced {
		s := &allAdvanced[i]
		said := strings.ReplaceAll(s.name, "_", " ") + " " + course.Fold(r.words.T("studio_advanced.group_"+s.group))
		if slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(said, word) }) {
			continue
		}
		found++
		title := r.words.T("studio_advanced.group_" + s.group)
		if n := len(body.Groups); n == 0 || body.Groups[n-1].Title != title {
			body.Groups = append(body.Groups, advancedGroup{Title: title})
		}
		last := &body.Groups[len(body.Groups)-1]
		last.Rows = append(last.Rows, r.advancedRow(s, settings, sent, wrong))
	}
	body.Found = r.words.T("studio.outline_found", found)
	return r.showSettingsPage(status, "studio_advanced.html", "advanced", r.words.T("studio_tab.advanced"), body, wrong)
}

func (r *request) advancedRow(s *advancedSetting, settings map[string]string, sent func(string) string, wrong map[string]string) advancedRow {
	row := advancedRow{Name: s.name, Was: advancedText(s.kind, settings[s.name]), Set: settings[s.name] != "" && settings[s.name] != "null"}
	row.Kind = r.words.T("studio_advanced.kind_" + s.kind)
	in := settingInput{Name: "s." + s.name, ID: "s-" + s.name, Kind: "text", Label: s.name, Help: row.Kind, Value: row.Was, Error: wrong["s."+s.name]}
	if sent != nil && sent("s."+s.name) != sent("b."+s.name) {
		in.Value = sent("s." + s.name)
	}
	choose := func(values ...string) {
		in.Kind = "select"
		in.Choices = []choice{{Text: r.words.T("studio.value_unset"), Chosen: in.Value == ""}}
		for _, value := range values {
			text := value
			if s.kind == "truth" {
				text = r.words.T("studio_advanced.value_" + value)
			}
			in.Choices = append(in.Choices, choice{Value: value, Text: text, Chosen: value == in.Value})
		}
		if !slices.ContainsFunc(in.Choices, func(c choice) bool { return c.Chosen }) { // what an archive brought stays as it is
			in.Choices = append(in.Choices, choice{Value: in.Value, Text: in.Value, Chosen: true})
		}
	}
	switch s.kind {
	case "truth":
		choose("true", "false")
	case "choice":
		choose(s.choices...)
	case "list", "object":
		in.Kind = "area"
	}
	row.Input = in
	return row
}

// saveAdvanced saves the settings that are other ones than when the page was made. Those that somebody else has changed meanwhile and
// this form did not are left as they are.
func (r *request) saveAdvanced() error {
	settings, err := r.courseSettings()
	if err != nil {
		return err
	}
	sent := func(name string) string { return strings.TrimSpace(strings.ReplaceAll(r.form(name), "\r\n", "\n")) }
	wrong, now, fields := map[string]string{}, map[string]string{}, wire.Fields{}
	for i := range allAdvanced {
		s := &allAdvanced[i]
		if len(r.formAll("s."+s.name)) == 0 || sent("s."+s.name) == sent("b."+s.name) {
			continue
		}
		text := sent("s." + s.name)
		if stored := advancedText(s.kind, settings[s.name]); len(r.formAll("b."+s.name)) > 0 && stored != sent("b."+s.name) && stored != text {
			wrong["s."+s.name], now["s."+s.name] = r.meanwhile(clip(stored, 200)), stored
			continue
		}
		if text == "" {
			setChanged(fields, settings, s.name, nil)
			continue
		}
		value, bad := r.advancedValue(s, text)
		if bad != "" {
			wrong["s."+s.name] = bad
			continue
		}
		setChanged(fields, settings, s.name, value)
	}
	if fields[authoring.NeedsReview] != nil && !r.mayPublishAlone() {
		wrong["s."+authoring.NeedsReview] = r.words.T("studio_talk.wrong_setting")
	}
	if len(wrong) > 0 {
		return r.refuseForm(wrong, now, func(status int) error { return r.showAdvanced(status, settings, sent, wrong) })
	}
	return r.saveCourse("advanced", authoring.Settings{Fields: fields})
}

// advancedValue reads what was typed for a setting, or says what is wrong with it.
func (r *request) advancedValue(s *advancedSetting, text string) (value any, wrong string) {
	bad := r.words.T("studio_advanced.wrong_" + s.kind)
	switch s.kind {
	case "truth":
		if text != "true" && text != "false" {
			return nil, bad
		}
		return text == "true", ""
	case "number":
		number, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsInf(number, 0) || math.IsNaN(number) {
			return nil, bad
		}
		return number, ""
	case "time":
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return nil, bad
		}
		return at.UTC().Format(time.RFC3339), ""
	case "choice":
		if !slices.Contains(s.choices, text) {
			return nil, bad
		}
	case "list":
		var list []json.RawMessage
		if json.Unmarshal([]byte(text), &list) != nil {
			return nil, bad
		}
		return json.RawMessage(text), ""
	case "object":
		var object map[string]json.RawMessage
		if json.Unmarshal([]byte(text), &object) != nil {
			return nil, bad
		}
		return json.RawMessage(text), ""
	}
	return text, ""
}

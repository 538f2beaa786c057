package course

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Settings are what the host itself knows of a block, resolved: set on the block or inherited from above it (Open edX's
// inheritable fields). Nil is unset.
type Settings struct {
	Start            *time.Time `json:"start"`
	Due              *time.Time `json:"due"`
	RelativeWeeksDue *int       `json:"relative_weeks_due"`
	// GracePeriod is added to every due date, in seconds.
	GracePeriod     *float64         `json:"graceperiod"`
	StaffOnly       *bool            `json:"visible_to_staff_only"`
	HideFromTOC     *bool            `json:"hide_from_toc"`
	GroupAccess     map[string][]int `json:"group_access"`
	DaysEarlyBeta   *float64         `json:"days_early_for_beta"`
	SelfPaced       *bool            `json:"self_paced"`
	Graded          *bool            `json:"graded"`
	ShowAnswer      *string          `json:"showanswer"`
	ShowCorrectness *string          `json:"show_correctness"`
	Rerandomize     *string          `json:"rerandomize"`
	// MaxAttempts is nil when unlimited.
	MaxAttempts     *int  `json:"max_attempts"`
	ShowResetButton *bool `json:"show_reset_button"`

	// Not inherited: they count where they stand.
	Format              string   `json:"format"`
	HideAfterDue        bool     `json:"hide_after_due"`
	TimeLimited         bool     `json:"is_time_limited"`
	TimeLimitMinutes    *float64 `json:"default_time_limit_minutes"`
	Practice            bool     `json:"is_practice_exam"`
	Weight              *float64 `json:"weight"`
	AttemptsBeforeShow  int      `json:"attempts_before_showanswer_button"`
	SubmissionWait      float64  `json:"submission_wait_seconds"`
	ForceSaveButton     bool     `json:"force_save_button"`
	GradingMethod       string   `json:"grading_method"`
	RequiredContent     string   `json:"required_content"`
	RequiredScore       *float64 `json:"min_score"`
	RequiredCompletion  *float64 `json:"min_completion"`
	DisplayName         string   `json:"display_name"`
	DiscussionEnabled   *bool    `json:"discussion_enabled"`
	CompletionByDefault string   `json:"completion"`

	// Where a copy of a library's component came from: the component, the library's state then by its number, and the hash of the
	// content that was copied; DeclinedContent is the newest that the course's team did not want. UpstreamFiles are the library's files
	// that came along, by their names there: an object of "hash", and of "as", the name in the course.
	Upstream        string          `json:"upstream"`
	UpstreamVersion *int            `json:"upstream_version"`
	UpstreamContent string          `json:"upstream_content"`
	DeclinedContent string          `json:"upstream_declined"`
	UpstreamFiles   json.RawMessage `json:"upstream_files"`
}

// inherited names the settings that children take over from their parents, as far as the host uses them; the others of Open
// edX's list (openedx.md 2.3) are inherited too, for blocks that declare to read them.
var inherited = []string{
	"graded", "start", "due", "relative_weeks_due", "visible_to_staff_only", "group_access", "showanswer", "show_correctness",
	"rerandomize", "days_early_for_beta", "static_asset_path", "use_latex_compiler", "max_attempts", "matlab_api_key",
	"user_partitions", "video_speed_optimizations", "video_auto_advance", "video_bumper", "show_reset_button", "edxnotes",
	"edxnotes_visibility", "in_entrance_exam", "self_paced", "hide_from_toc", "graceperiod", "giturl", "xqa_key",
	"course_edit_method",
}

// Inherited reports whether children take the setting over from their parents.
func Inherited(name string) bool { return slices.Contains(inherited, name) }

// Inherit overlays a block's own fields on what its parent passes down: own are the block's resolved settings, down what it
// passes on.
func Inherit(parent, fields wire.Fields) (own, down wire.Fields) {
	own, down = make(wire.Fields, len(parent)+len(fields)), parent
	for name, value := range parent {
		own[name] = value
	}
	copied := false
	for name, value := range fields {
		own[name] = value
		if !Inherited(name) {
			continue
		}
		if !copied {
			down = make(wire.Fields, len(parent)+1)
			for n, v := range parent {
				down[n] = v
			}
			copied = true
		}
		down[name] = value
	}
	return own, down
}

// DecodeSettings reads resolved settings. A value of the wrong type is an error that names it; the others are read all the
// same, so that one bad date does not take a course's other settings away.
func DecodeSettings(fields wire.Fields) (Settings, error) {
	var s Settings
	var bad error
	for name, value := range fields {
		if !hostSetting(name) {
			continue
		}
		one, err := json.Marshal(map[string]json.RawMessage{name: value})
		if err == nil {
			err = json.Unmarshal(one, &s)
		}
		if err != nil {
			bad = fmt.Errorf("setting %s: %w", name, err)
		}
	}
	return s, bad
}

// OwnSettings gives those of a block's fields that are the host's or that children inherit.
func OwnSettings(fields map[string]string) wire.Fields {
	own := wire.Fields{}
	for name, value := range fields {
		if Inherited(name) || hostSetting(name) {
			own[name] = json.RawMessage(value)
		}
	}
	return own
}

// hostSetting reports whether Settings has a place for the name.
func hostSetting(name string) bool { return hostSettings[name] }

var hostSettings = func() map[string]bool {
	names := map[string]bool{}
	kind := reflect.TypeFor[Settings]()
	for i := range kind.NumField() {
		names[kind.Field(i).Tag.Get("json")] = true
	}
	return names
}()

// settingTypes says how the host's settings, and those of Open edX that children inherit, are written in OLX. The others of a
// course (openedx.md 2.3) are texts or JSON.
var settingTypes = map[string]wire.FieldType{
	"start": wire.TypeTime, "due": wire.TypeTime, "end": wire.TypeTime, "enrollment_start": wire.TypeTime,
	"enrollment_end": wire.TypeTime, "announcement": wire.TypeTime, "certificate_available_date": wire.TypeTime,
	"graceperiod": wire.TypeDuration, "relative_weeks_due": wire.TypeInteger, "max_attempts": wire.TypeInteger,
	"attempts_before_showanswer_button": wire.TypeInteger, "days_early_for_beta": wire.TypeNumber,
	"submission_wait_seconds": wire.TypeNumber, "weight": wire.TypeNumber, "default_time_limit_minutes": wire.TypeNumber,
	"min_score": wire.TypeNumber, "min_completion": wire.TypeNumber, "visible_to_staff_only": wire.TypeBoolean,
	"hide_from_toc": wire.TypeBoolean, "self_paced": wire.TypeBoolean, "graded": wire.TypeBoolean,
	"show_reset_button": wire.TypeBoolean, "hide_after_due": wire.TypeBoolean, "is_time_limited": wire.TypeBoolean,
	"force_save_button": wire.TypeBoolean, "discussion_enabled": wire.TypeBoolean, "invitation_only": wire.TypeBoolean,
	"is_practice_exam": wire.TypeBoolean, "is_onboarding_exam": wire.TypeBoolean, "is_proctored_enabled": wire.TypeBoolean,
	"is_entrance_exam": wire.TypeBoolean, "mobile_available": wire.TypeBoolean, "no_grade": wire.TypeBoolean,
	"group_access": wire.TypeObject, "user_partitions": wire.TypeList, "video_bumper": wire.TypeObject,
	"video_speed_optimizations": wire.TypeBoolean, "video_auto_advance": wire.TypeBoolean, "edxnotes": wire.TypeBoolean,
	"edxnotes_visibility": wire.TypeBoolean, "in_entrance_exam": wire.TypeBoolean, "use_latex_compiler": wire.TypeBoolean,
	"tabs": wire.TypeList, "pdf_textbooks": wire.TypeList, "html_textbooks": wire.TypeList, "advanced_modules": wire.TypeList,
	"discussion_topics": wire.TypeObject, "instructor_info": wire.TypeObject, "learning_info": wire.TypeList,
	"upstream_version": wire.TypeInteger, "upstream_files": wire.TypeObject,
	"cohort_config": wire.TypeObject, "pre_requisite_courses": wire.TypeList, "max_student_enrollments_allowed": wire.TypeInteger,
}

// SettingType says how a setting is written; known is false for names that mean nothing to the host, whose type is then
// "any": JSON where it is JSON, else text.
func SettingType(name string) (kind wire.FieldType, known bool) {
	if kind, ok := settingTypes[name]; ok {
		return kind, true
	}
	if hostSetting(name) || Inherited(name) {
		return wire.TypeString, true
	}
	return wire.TypeAny, false
}

// SettingsOfType names the settings that are written as one type, sorted.
func SettingsOfType(kind wire.FieldType) []string {
	var names []string
	for name, of := range settingTypes {
		if of == kind {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

package olx

import "slices"

// internalAttrs are attributes of the format: how an element names and finds its block, and how a draft finds its parent.
var internalAttrs = []string{
	urlName, "slug", "filename", "xml_attributes", familyAttr, "x-is-pointer-node", "data_dir",
	attrParent, attrParentOld, attrIndex,
}

const (
	attrParent    = "parent_url"
	attrParentOld = "parent_sequential_url"
	attrIndex     = "index_in_children_list"
)

// secretAttrs hold keys and tokens in clear, whatever the type.
var secretAttrs = []string{
	"lti_passports", "matlab_api_key", "xqa_key", "video_upload_pipeline", "lti_1p3_block_key",
}

// roleAttrs would say who may do what in the course. Only the site says that; an archive grants nobody a role (security R12).
var roleAttrs = []string{"roles", "user_roles", "course_roles", "access_roles", "instructors", "course_staff", "beta_testers"}

// userAttrs are fields that Open edX's own types keep for each learner or for all learners together. An exporter writes every
// field that is set, so they can stand in an archive; they are no content.
var userAttrs = map[string][]string{
	"course":     {"position"},
	"chapter":    {"position"},
	"sequential": {"position"},
	"problem": {
		"attempts", "correct_map", "correct_map_history", "done", "has_saved_answers", "input_state", "last_submission_time",
		"score", "seed", "student_answers", "student_answers_history",
	},
	"video": {
		"saved_video_position", "speed", "global_speed", "transcript_download_format", "bumper_last_view_date",
		"bumper_do_not_show_again",
	},
	"poll":             {"tally", "choice", "submissions_count"},
	"survey":           {"tally", "choices", "submissions_count"},
	"poll_question":    {"voted", "poll_answer", "poll_answers"},
	"word_cloud":       {"submitted", "student_words", "all_words", "top_words"},
	"done":             {"done"},
	"drag-and-drop-v2": {"item_state", "attempts", "completed", "raw_earned", "grade"},
	"edx_sga":          {"annotated_sha1", "annotated_filename", "annotated_mimetype", "annotated_timestamp"},
	"openassessment": {
		"submission_uuid", "has_saved", "saved_response", "saved_files_descriptions", "saved_files_names", "saved_files_sizes",
		"no_peers",
	},
	"library_content": {"selected"},
	"itembank":        {"selected"},
	"randomize":       {"choice"},
	"lti":             {"module_score", "score_comment"},
	"lti_consumer":    {"module_score", "score_comment"},
}

// mark says what is special about an attribute of a block type.
func (r *reader) mark(blockType, name string) Mark {
	if slices.Contains(internalAttrs, name) || blockType == "course" && (name == "org" || name == "course" || r.options.Library && name == "library") || namespaceAttr(name) {
		return MarkInternal
	}
	if slices.Contains(secretAttrs, name) {
		return MarkSecret
	}
	if r.options.UserField != nil {
		if user, known := r.options.UserField(blockType, name); known {
			if user {
				return MarkUser
			}
			return MarkNone
		}
	}
	if slices.Contains(roleAttrs, name) || slices.Contains(userAttrs[blockType], name) {
		return MarkUser
	}
	return MarkNone
}

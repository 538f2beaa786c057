package capa

// english is the text of each key. The sentences about formulas are Open edX's own, because learners' guides quote them.
func english(key string) string {
	switch key {
	// Verdicts and marks
	case "correct":
		return "Correct"
	case "incorrect":
		return "Incorrect"
	case "partial":
		return "Partially correct"
	case "unanswered":
		return "Not answered"
	case "submitted":
		return "Your answers were submitted."
	case "answer":
		return "Answer"
	case "or":
		return "or"
	case "explanation":
		return "Explanation"
	case "label_correct":
		return "Correct:"
	case "label_incorrect":
		return "Incorrect:"
	case "label_partial":
		return "Partially correct:"
	case "hint":
		return "Hint"
	case "hint_of":
		return "Hint ({0} of {1}):"
	// Inputs
	case "point_x":
		return "Pixels from the left"
	case "point_y":
		return "Pixels from the top"
	case "point_of":
		return "Pixels from the left, 0 to {0}"
	case "point_down":
		return "Pixels from the top, 0 to {0}"
	case "point_picture":
		return "The picture that the question asks about"
	case "comment":
		return "Your comment"
	case "tags":
		return "Choose a tag"
	case "number_in":
		return "Number for this choice"
	case "activity":
		return "Activity"
	case "activity_silent":
		return "The activity gave no answer, so nothing was sent. Wait until it has loaded, then try again. If that does not help, tell your course team."
	case "activity_scripts":
		return "This activity needs JavaScript, which is switched off or did not load."
	case "board_picture":
		return "The picture on which things are put"
	case "board_help":
		return "Drag each thing onto the picture, or type how far from the left and from the top of the picture it belongs."
	case "board_copy":
		return "({0})"
	case "board_nowhere":
		return "Not placed"
	case "board_place":
		return "Place {0}"
	case "board_place_on":
		return "Place {0} on {1}"
	case "upload_files":
		return "Your files"
	case "upload_required":
		return "Needed: {0}"
	case "upload_allowed":
		return "Only files of these names are taken: {0}"
	case "upload_handed":
		return "You handed in:"
	case "upload_first":
		return "Choose your files before you submit."
	case "upload_missing":
		return "These files are missing: {0}"
	case "upload_other":
		return "These files are not asked for: {0}"
	case "upload_unsaved":
		return "Files cannot be saved for later. They are still chosen here; submit them when you are ready."
	case "question_of":
		return "Question {0} of {1}"
	case "choose_one":
		return "Choose one answer"
	case "choose_any":
		return "Choose all answers that are right"
	case "select_option":
		return "Select an option"
	case "your_answer":
		return "Your answer"
	case "your_formula":
		return "Your answer, a number or a formula"
	case "answer_of":
		return "Your answer, field {0} of {1}"
	}
	return englishProblem(key)
}

// englishProblem are the sentences that say why something cannot be graded or shown.
func englishProblem(key string) string {
	switch key {
	case "unsupported_type":
		return "This question is of a type that cannot be answered here yet ({0})."
	case "script_failed":
		return "The program of this problem fails, so it cannot be shown. Your course team can mend it."
	case "script_unavailable":
		return "This problem cannot be graded right now, because programs do not run. Your answer was not counted."
	case "script_says":
		return "{0}"
	case "fill_in":
		return "Fill in every field before you submit."
	case "no_circuit":
		return "Draw your circuit and run its analyses before you submit."
	case "cannot_grade":
		return "This problem cannot be graded because of a mistake in it. Your course team can mend it; your answer was not counted."
	case "too_long":
		return "The answer is too long. The limit is {0} characters."
	case "pattern_slow":
		return "This answer could not be compared with the expected pattern. Your course team can mend the pattern; your answer was not counted."
	case "staff_answer":
		return "There was a problem with the staff answer to this problem."
	case "staff_answer_complex":
		return "There was a problem with the staff answer to this problem: complex boundary."
	case "staff_answer_empty":
		return "There was a problem with the staff answer to this problem: empty boundary."
	case "complex_in_range":
		return "You may not use complex numbers in range tolerance problems"
	case "point_unread":
		return "'{0}' is no place in the picture. Give whole pixels from the left and from the top."
	case "formula_syntax":
		return "Invalid input: Could not parse '{0}' as a formula"
	case "formula_factorial":
		return "Factorial function not permitted in answer for this problem. Provided answer was: {0}"
	case "math_number":
		return "Could not interpret '{0}' as a number."
	case "math_syntax":
		return "Invalid math syntax: '{0}'"
	case "math_factorial":
		return "Factorial function evaluated outside its domain:'{0}'"
	case "math_unopened":
		return "Invalid Input: A closing parenthesis was found after segment {0}, but there is no matching opening parenthesis before it."
	case "math_unclosed":
		return "Invalid Input: Parentheses are unmatched. {0} parentheses were opened but never closed."
	case "math_variable":
		return "Invalid Input: {0} not permitted in answer as a variable"
	case "math_variable_case":
		return "Invalid Input: {0} not permitted in answer as a variable (did you mean {1}?)"
	case "math_function":
		return "Invalid Input: {0} not permitted in answer as a function"
	case "math_function_case":
		return "Invalid Input: {0} not permitted in answer as a function (did you mean {1}?)"
	case "math_function_multiply":
		return "Invalid Input: {0} not permitted in answer as a function (did you forget to use * for multiplication?)"
	}
	return ""
}

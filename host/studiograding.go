package host

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/grading"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// gradingPolicyBody is the page of a course's grading policy.
type gradingPolicyBody struct {
	Action         string
	Types, Cutoffs []policyRow
	// BlankType and BlankCutoff are what a script adds.
	BlankType, BlankCutoff policyRow
	// Base says what was stored when the form was drawn.
	Base           string
	Hours, Minutes string
	GraceError     string
	// Shift says what the policy would make of grades that learners have, nil where nobody has to agree to it.
	Shift *shiftPart
	// Undo asks whether a policy is to be taken back although grades would change, nil for nothing to ask.
	Undo *policyUndo
	// Weights says what the weights add up to; Whole that it is 100 %.
	Weights string
	Whole   bool
}

// policyUndo is the undo of a policy that its author has to agree to.
type policyUndo struct {
	Action, Op, Agree string
	Shift             *shiftPart
}

// policyRow is one row of a list: an assignment type or a grade.
type policyRow struct {
	// Key stands in the names of the row's inputs.
	Key, Label                      string
	Was, Type, Short                string
	Weight, Count, Drop             string
	Letter, From                    string
	Spare                           bool
	TypeError, WeightError, NoError string
}

// Bounds of the lists.
const (
	maxPolicyRows = 100
	spareRows     = 2
)

func (r *request) studioGrading() error {
	run, err := r.settingsRun()
	if err != nil {
		return err
	}
	policy := runPolicy(run)
	body := &gradingPolicyBody{}
	for i, t := range policy.Types {
		body.Types = append(body.Types, policyRow{
			Key: strconv.Itoa(i), Was: t.Type, Type: t.Type, Short: t.ShortLabel, Weight: percentText(t.Weight), Count: strconv.Itoa(t.MinCount), Drop: strconv.Itoa(t.DropCount),
		})
	}
	for i, c := range policy.Cutoffs {
		body.Cutoffs = append(body.Cutoffs, policyRow{Key: strconv.Itoa(i), Letter: c.Letter, From: percentText(c.From)})
	}
	var grace float64
	_ = json.Unmarshal([]byte(run.Settings["graceperiod"]), &grace) // another shape is no grace period
	body.Hours, body.Minutes = strconv.Itoa(int(grace)/3600), strconv.Itoa(int(grace)/60%60)
	if op := r.Query("undo"); op != "" && len(op) <= maxOp {
		shift, err := r.undoneShift(op)
		if err != nil {
			return err
		}
		if shift != nil {
			body.Undo = &policyUndo{Action: r.studioPath() + "/undo", Op: op, Agree: shift.Agree, Shift: &shiftPart{Lines: shift.Lines}}
		}
	}
	return r.showPolicy(fiber.StatusOK, body, nil)
}

// percentText writes a fraction as a percentage, as an input has it.
func percentText(fraction float64) string {
	return strconv.FormatFloat(math.Round(fraction*1e6)/1e4, 'f', -1, 64)
}

func (r *request) showPolicy(status int, body *gradingPolicyBody, wrong map[string]string) error {
	var err error
	if body.Base, err = r.settingsBase("grading"); err != nil {
		return err
	}
	body.Action = r.studioPath() + "/settings/grading"
	var sum float64
	for _, row := range body.Types {
		if weight, err := strconv.ParseFloat(row.Weight, 64); err == nil {
			sum += weight
		}
	}
	body.Whole = math.Abs(sum-100) < 0.005 || len(body.Types) == 0
	said := "studio_script.weights_off"
	if body.Whole {
		said = "studio_script.weights_good"
	}
	body.Weights = r.words.T(said, strconv.FormatFloat(math.Round(sum*100)/100, 'f', -1, 64))
	for i := range spareRows { // what a browser without scripts adds
		body.Types = append(body.Types, policyRow{Key: fmt.Sprint("s", i), Spare: true})
		body.Cutoffs = append(body.Cutoffs, policyRow{Key: fmt.Sprint("s", i), Spare: true})
	}
	body.BlankType, body.BlankCutoff = policyRow{Key: "N"}, policyRow{Key: "N"}
	return r.showSettingsPage(status, "studio_grading.html", "grading", r.words.T("studio_tab.grading"), body, wrong)
}

// rowsSent are the keys of a list's rows in the form, in its order.
func (r *request) rowsSent(list, input string) []string {
	var keys []string
	r.Request().PostArgs().VisitAll(func(name, _ []byte) {
		parts := strings.Split(string(name), ".")
		if len(parts) == 3 && parts[0] == list && parts[2] == input && len(parts[1]) < 8 && len(keys) < maxPolicyRows {
			keys = append(keys, parts[1])
		}
	})
	place := func(key string) int {
		n, err := strconv.Atoi(r.form(list + "." + key + ".place"))
		if err != nil {
			return maxPolicyRows
		}
		return n
	}
	slices.SortStableFunc(keys, func(a, b string) int { return place(a) - place(b) })
	return keys
}

// savePolicy saves the policy as the form has it. What the form does not show of a type stays.
func (r *request) savePolicy() error {
	run, err := r.settingsRun()
	if err != nil {
		return err
	}
	before := runPolicy(run)
	body, wrong, now, policy := &gradingPolicyBody{}, map[string]string{}, map[string]string{}, grading.Policy{}
	if err := r.checkBase("grading", wrong, now); err != nil {
		return err
	}
	var renamed []authoring.Rename // what is graded as one of these stays so
	get := func(list, key, input string) string {
		return strings.TrimSpace(clip(r.form(list+"."+key+"."+input), maxTitle))
	}
	for _, key := range r.rowsSent("t", "type") {
		row := policyRow{Key: key, Was: get("t", key, "was"), Type: get("t", key, "type"), Short: get("t", key, "short"), Weight: get("t", key, "weight"), Count: get("t", key, "count"), Drop: get("t", key, "drop")}
		if r.form("t."+key+".gone") != "" || row.Type == "" && row.Was == "" && row.Weight == "" {
			continue
		}
		policy.Types = append(policy.Types, r.typeSent(&row, &before, policy.Types, wrong))
		body.Types = append(body.Types, row)
		if row.Was != "" && row.Was != row.Type {
			renamed = append(renamed, authoring.Rename{From: row.Was, To: row.Type})
		}
	}
	for _, key := range r.rowsSent("c", "letter") {
		row := policyRow{Key: key, Letter: get("c", key, "letter"), From: get("c", key, "from")}
		if r.form("c."+key+".gone") != "" || row.Letter == "" && row.From == "" {
			continue
		}
		from, ok := typedFraction(row.From, 100)
		if !ok || from <= 0 || row.Letter == "" || slices.ContainsFunc(policy.Cutoffs, func(c grading.Cutoff) bool { return c.Letter == row.Letter || c.From == from }) {
			row.NoError = r.words.T("studio_grading.wrong_cutoff")
			wrong["c."+key+".from"] = row.NoError
		}
		policy.Cutoffs = append(policy.Cutoffs, grading.Cutoff{Letter: row.Letter, From: from})
		body.Cutoffs = append(body.Cutoffs, row)
	}
	slices.SortStableFunc(policy.Cutoffs, func(a, b grading.Cutoff) int { return int(math.Copysign(1, b.From-a.From)) })
	if len(policy.Cutoffs) == 0 {
		wrong["c.0.from"] = r.words.T("studio_grading.no_cutoff")
		body.GraceError = wrong["c.0.from"]
	}
	fields := wire.Fields{}
	body.Hours, body.Minutes = strings.TrimSpace(r.form("hours")), strings.TrimSpace(r.form("minutes"))
	hours, okHours := typedNumber(firstOf(body.Hours, "0"))
	minutes, okMinutes := typedNumber(firstOf(body.Minutes, "0"))
	if !okHours || !okMinutes || hours < 0 || hours > 10_000 || minutes < 0 || minutes > 59 {
		body.GraceError = r.words.T("studio_grading.wrong_grace")
		wrong["hours"] = body.GraceError
	}
	if len(wrong) > 0 {
		return r.refuseForm(wrong, now, func(status int) error { return r.showPolicy(status, body, wrong) })
	}
	if seconds := hours*3600 + minutes*60; seconds > 0 {
		setChanged(fields, run.Settings, "graceperiod", seconds)
	} else {
		setChanged(fields, run.Settings, "graceperiod", nil)
	}
	text, err := json.Marshal(policy)
	if err != nil {
		return err
	}
	rules := string(text)
	if body.Shift, err = r.policyShift(&policy, rules, renamed); err != nil {
		return err
	}
	if body.Shift != nil {
		return r.refuseShift(body)
	}
	var warn []string
	if sum := weightOf(&policy); len(policy.Types) > 0 && math.Abs(sum-100) >= 0.005 {
		warn = []string{r.words.T("studio_script.weights_off", percentText(sum/100))}
	}
	return r.saveCourse("grading", authoring.Settings{Fields: fields, Grading: &rules, Renamed: renamed}, warn...)
}

// weightOf is what a policy's weights add up to, in percent.
func weightOf(policy *grading.Policy) float64 {
	sum := 0.0
	for i := range policy.Types {
		sum += policy.Types[i].Weight * 100
	}
	return sum
}

// typeSent reads one assignment type. What is wrong stands in the row and in wrong.
func (r *request) typeSent(row *policyRow, before *grading.Policy, others []grading.AssignmentType, wrong map[string]string) grading.AssignmentType {
	kind := grading.AssignmentType{}
	for i := range before.Types {
		if before.Types[i].Type == row.Was && row.Was != "" {
			kind = before.Types[i]
		}
	}
	kind.Type, kind.ShortLabel = row.Type, row.Short
	if row.Type == "" || slices.ContainsFunc(others, func(t grading.AssignmentType) bool { return t.Type == row.Type }) {
		row.TypeError = r.words.T("studio_grading.wrong_type")
		wrong["t."+row.Key+".type"] = row.TypeError
	}
	weight, ok := typedFraction(firstOf(row.Weight, "0"), 1000)
	count, okCount := typedNumber(firstOf(row.Count, "0"))
	drop, okDrop := typedNumber(firstOf(row.Drop, "0"))
	if !ok || !okCount || !okDrop || count < 0 || drop < 0 || count > 1000 || drop > 1000 {
		row.WeightError = r.words.T("studio_grading.wrong_numbers")
		wrong["t."+row.Key+".weight"] = row.WeightError
	}
	kind.Weight, kind.MinCount, kind.DropCount = weight, count, drop
	return kind
}

// typedFraction reads a percentage from 0 to most as a fraction.
func typedFraction(text string, most float64) (float64, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || math.IsNaN(n) || n < 0 || n > most {
		return 0, false
	}
	return math.Round(n*1e4) / 1e6, true
}

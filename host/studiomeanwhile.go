package host

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
)

// Two authors may have the same form open. Each input says what it held when the form was drawn; what its author left alone stays
// as somebody else has set it meanwhile, and what both changed is told before one of the two is lost.

// state is what an input holds, as a form sends it.
func (in *settingInput) state() string {
	switch in.Kind {
	case "checkbox":
		if in.Checked {
			return "1"
		}
		return ""
	case "checks":
		var chosen []string
		for _, c := range in.Choices {
			if c.Chosen {
				chosen = append(chosen, c.Value)
			}
		}
		return strings.Join(chosen, ",")
	}
	return oneNewline(in.Value)
}

// shown is what an input holds, in words.
func (in *settingInput) shown() string {
	var texts []string
	for _, c := range in.Choices {
		if c.Chosen {
			texts = append(texts, c.Text)
		}
	}
	if in.Kind == "select" || in.Kind == "checks" {
		return strings.Join(texts, ", ")
	}
	return clip(in.state(), 200)
}

// oneNewline undoes what browsers make of a line's end.
func oneNewline(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

// unsent is the form as it is stored.
func (f *settingForm) unsent() *settingForm {
	stored := *f
	stored.sent, stored.all, stored.wrong = nil, nil, map[string]string{}
	return &stored
}

// drawn puts into inputs what the stored ones hold, for the form to say it when it comes back.
func drawn(inputs, stored []settingInput) []settingInput {
	for i := range inputs {
		if at := slices.IndexFunc(stored, func(in settingInput) bool { return in.Name == inputs[i].Name }); at >= 0 {
			inputs[i].Tracked, inputs[i].Was = true, stored[at].state()
		}
	}
	return inputs
}

// merge compares what was sent with the form that its author saw and with what is stored now. A caller that does not say what it
// saw means all that it sends.
func (f *settingForm) merge(stored []settingInput) {
	sent, all, keep, chosen := f.sent, f.all, map[string]string{}, map[string][]string{}
	for i := range stored {
		in := &stored[i]
		seen := all("was." + in.Name)
		if len(seen) == 0 {
			continue
		}
		was, now, text := oneNewline(seen[0]), in.state(), oneNewline(sent(in.Name))
		if in.Kind == "checks" {
			text = strings.Join(all(in.Name), ",")
		}
		switch {
		case text == was:
			keep[in.Name], chosen[in.Name] = now, strings.FieldsFunc(now, func(c rune) bool { return c == ',' })
		case now != was && now != text:
			f.met(in)
		}
	}
	f.sent = func(name string) string {
		if text, ok := keep[name]; ok {
			return text
		}
		return sent(name)
	}
	f.all = func(name string) []string {
		if texts, ok := chosen[name]; ok {
			return texts
		}
		return all(name)
	}
}

// met notes that two authors changed one setting.
func (f *settingForm) met(in *settingInput) {
	f.wrong[in.Name] = f.r.meanwhile(in.shown())
	if f.now == nil {
		f.now = map[string]string{}
	}
	f.now[in.Name] = in.state()
}

// meanwhile says what another author made of a setting.
func (r *request) meanwhile(now string) string {
	if now == "" {
		return r.words.T("studio_set.meanwhile_empty")
	}
	return r.words.T("studio_set.meanwhile", now)
}

// settingsBase says what one of the pages whose settings are rows shows: it is another text after any change of them.
func (r *request) settingsBase(page string) (string, error) {
	run, err := r.settingsRun()
	if err != nil {
		return "", err
	}
	shown := run.Settings["user_partitions"]
	if page == "grading" {
		policy, err := json.Marshal(runPolicy(run))
		if err != nil {
			return "", err
		}
		shown = string(policy) + "\n" + run.Settings["graceperiod"]
	}
	sum := sha256.Sum256([]byte(shown))
	return hex.EncodeToString(sum[:8]), nil
}

// checkBase refuses rows that were drawn before another author's change: once, for the form says then what it knows.
func (r *request) checkBase(page string, wrong, now map[string]string) error {
	base, err := r.settingsBase(page)
	if err != nil {
		return err
	}
	if seen := r.form("base"); seen != "" && seen != base {
		wrong["base"], now["base"] = r.words.T("studio_set.meanwhile_rows"), base
	}
	return nil
}

package command

import (
	"fmt"
	"strings"
	"testing"
)

func TestSignInByConfiguration(t *testing.T) {
	file := write(t, "quoin.toml", `
terms_url = "https://example.org/terms"
terms_version = "2"
birth_year = "required"
minimum_age = 13

[sign_in.google]
title = "Google"
issuer = "https://accounts.google.com"
client_id = "id"
client_secret = "hidden words"
create_accounts = true

[sign_in.uni]
issuer = "http://127.0.0.1:9"
client_id = "id"
private_addresses = true
scopes = ["email"]
`)
	s, set, err := settle("--config", file)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.SignIn) != 2 || s.SignIn[0].Title != "Google" || s.SignIn[0].ClientSecret != "hidden words" || !s.SignIn[0].Create || !s.SignIn[1].Private {
		t.Errorf("%+v", s.SignIn)
	}
	if s.Joining.TermsVersion != "2" || s.Joining.MinimumAge != 13 || s.Joining.BirthYear != "required" {
		t.Errorf("%+v", s.Joining)
	}
	shown := ""
	for _, attr := range redacted(set) {
		shown += " " + fmt.Sprint(attr)
	}
	if !strings.Contains(shown, "google,uni") || strings.Contains(shown, "hidden words") {
		t.Error(shown)
	}
	t.Setenv("QUOIN_SIGN_IN", "[other]\nissuer = \"https://other.example\"\nclient_id = \"x\"")
	if s, _, err = settle("--config", file); err != nil || s.SignIn.String() != "other" {
		t.Errorf("%v, %v", s, err)
	}
	for _, c := range []struct{ text, says string }{
		{"[x]\nissuer = \"http://x.example\"\nclient_id = \"x\"\nclient_secret = \"hidden words\"", "https"},
		{"[x]\nissuer = \"https://x.example\"\nclient_secret = \"hidden words\"", "client_id"},
		{"[x]\nclient_secret = hidden words", "table"},
		{"[x]\nissuer = \"https://x.example\"\nclient_id = \"x\"\ncolour = \"hidden words\"", "colour"},
	} {
		t.Setenv("QUOIN_SIGN_IN", c.text)
		if _, _, err := settle(); err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "hidden words") {
			t.Errorf("%q: %v", c.text, err)
		}
	}
}

func TestJoiningThatCannotBe(t *testing.T) {
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"--terms-url", "https://a.example/terms"}, "terms-version"},
		{[]string{"--terms-version", "1"}, "terms-url"},
		{[]string{"--terms-url", "javascript:x", "--terms-version", "1"}, "https://"},
		{[]string{"--birth-year", "maybe"}, "optional or required"},
		{[]string{"--minimum-age", "13"}, "birth-year"},
		{[]string{"--minimum-age", "-1"}, "years"},
	} {
		if _, _, err := settle(c.args...); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v: %v", c.args, err)
		}
	}
}

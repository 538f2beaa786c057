package manifest

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

const good = `{
  "name": "rating", "version": "1.2.0", "title": "Rating", "description": "Stars.", "licence": "Apache-2.0",
  "permissions": [
    {"name": "http", "reason": "Sends the stars to the survey office.", "values": ["api.example.org"]},
    {"name": "documents", "reason": "Keeps the stars."}
  ]
}`

func TestParse(t *testing.T) {
	m, err := Parse([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if m.ABI != 1 || m.Engine != "wasm" || len(m.Types) != 1 || m.Types[0].Name != "rating" || m.Types[0].Kind != "component" {
		t.Errorf("defaults are not filled in: %+v", m)
	}
	if !m.Has("http", "api.example.org") || m.Has("http", "evil.example.org") || m.Has("users", "") || !m.Has("documents", "") {
		t.Error("Has does not tell what was asked for")
	}
}

func TestProblems(t *testing.T) {
	tests := map[string]struct{ old, new, want string }{
		"unknown key":          {`"title"`, `"titel"`, "titel"},
		"unknown permission":   {`"documents"`, `"document"`, "unknown"},
		"no reason":            {`"Keeps the stars."`, `""`, "reason is missing"},
		"no host":              {`["api.example.org"]`, `[]`, "name the hosts"},
		"a URL for a host":     {`"api.example.org"`, `"https://api.example.org/"`, "host name"},
		"a wildcard host":      {`"api.example.org"`, `"*.example.org"`, "host name"},
		"values for documents": {`"Keeps the stars."}`, `"x", "values": ["all"]}`, "takes no values"},
		"bad name":             {`"rating"`, `"Rating"`, "lower-case"},
		"path in name":         {`"rating"`, `"../rating"`, "lower-case"},
		"bad version":          {`"1.2.0"`, `"1.2"`, "semantic version"},
		"other ABI":            {`"title"`, `"abi": 7, "title"`, "ABI 7"},
		"another language":     {`"title"`, `"source": "rust", "title"`, "go, typescript, c or file"},
		"C in a process":       {`"title"`, `"source": "c", "engine": "process", "title"`, "runs no C"},
		"path outside":         {`"title"`, `"icon": "../../etc/passwd", "title"`, "inside the package"},
		"absolute path":        {`"title"`, `"assets": "/etc", "title"`, "inside the package"},
		"too much memory":      {`"title"`, `"limits": {"memory_mb": 4096}, "title"`, "memory_mb"},
		"an app without per":   {`"title"`, `"types": [{"name": "x", "title": "X", "kind": "app"}], "title"`, "per"},
		"type twice":           {`"title"`, `"types": [{"name": "x", "title": "X"}, {"name": "x", "title": "X"}], "title"`, "twice"},
		"trailing":             {"]\n}", "]\n}{}", "follows"},
		"escape codes":         {`"Stars."`, `"\u001b[31m"`, "plain text"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(good, test.old, test.new, 1)
			if text == good {
				t.Fatal("the test changes nothing")
			}
			_, err := Parse([]byte(text))
			if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q in it", err, test.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Parse(data)
		if err != nil {
			return
		}
		again, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(again); err != nil {
			t.Errorf("a parsed manifest does not parse again: %v\n%s", err, again)
		}
	})
}

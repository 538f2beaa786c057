package command

import (
	"bytes"
	"flag"
	"io"
	"log/slog"
	"strings"
	"testing"
)

// settle parses a server's settings as serve does.
func settle(args ...string) (*settings, *flag.FlagSet, error) {
	s := &settings{}
	set := newFlags(&Parts{Err: io.Discard}, "serve")
	s.siteFlags(set)
	s.serveFlags(set)
	if _, err := parse(set, args); err != nil {
		return nil, nil, err
	}
	return s, set, s.complete(set)
}

func TestFlagBeforeVariableBeforeFile(t *testing.T) {
	file := write(t, "quoin.toml", `
listen = "127.0.0.1:1"
data = "by-file"
prefix = "by-file"
block_memory = 128
proxies = ["10.0.0.1", "10.0.0.2"]
no-render-cache = true
`)
	t.Setenv("QUOIN_DATA", "by-variable")
	t.Setenv("QUOIN_PREFIX", "by-variable")
	s, _, err := settle("--config", file, "--prefix", "by-flag")
	if err != nil {
		t.Fatal(err)
	}
	if s.Prefix != "by-flag" || s.Data != "by-variable" || s.Listen != "127.0.0.1:1" || s.Memory != 128 || !s.NoCache ||
		s.Proxies.String() != "10.0.0.1,10.0.0.2" || s.Role != "all" {
		t.Errorf("%+v", s)
	}
	t.Setenv("QUOIN_CONFIG", file)
	if s, _, err = settle(); err != nil || s.Memory != 128 {
		t.Errorf("QUOIN_CONFIG is not read: %+v, %v", s, err)
	}
	// An empty variable is a value: it switches off what the file says.
	t.Setenv("QUOIN_PROXIES", "")
	if s, _, err = settle(); err != nil || len(s.Proxies) != 0 {
		t.Errorf("proxies %v, %v", s.Proxies, err)
	}
}

func TestSettingsThatCannotBe(t *testing.T) {
	tests := map[string]struct {
		args []string
		file string
		env  [2]string
		want []string
	}{
		"no such file":         {args: []string{"--config", "/none/quoin.toml"}, want: []string{"/none/quoin.toml"}},
		"no TOML":              {file: "listen = = 1", want: []string{"quoin.toml", "line 1"}},
		"an unknown key":       {file: "lisen = \"127.0.0.1:1\"", want: []string{"quoin.toml", `"lisen"`, "--help"}},
		"a table":              {file: "[listen]\nport = 1", want: []string{"listen", "no tables"}},
		"no number, by file":   {file: "block-memory = \"much\"", want: []string{"quoin.toml", "block-memory", `"much"`}},
		"no number, by env":    {env: [2]string{"QUOIN_BLOCK_MEMORY", "much"}, want: []string{"QUOIN_BLOCK_MEMORY", "block-memory", `"much"`}},
		"no truth":             {env: [2]string{"QUOIN_DEVELOPMENT", "maybe"}, want: []string{"QUOIN_DEVELOPMENT", `"maybe"`}},
		"a role":               {args: []string{"--role", "boss"}, want: []string{`"boss"`, "all, web, worker or scheduler"}},
		"web alone":            {args: []string{"--role", "web"}, want: []string{"--redis-url"}},
		"scheduler alone":      {env: [2]string{"QUOIN_ROLE", "scheduler"}, want: []string{"--redis-url"}},
		"little memory":        {args: []string{"--block-memory", "8"}, want: []string{"32 MiB"}},
		"a log format":         {args: []string{"--log-format", "xml"}, want: []string{`"xml"`, "text or json"}},
		"a log level":          {args: []string{"--log-level", "loud"}, want: []string{`"loud"`, "debug"}},
		"a setting of nothing": {args: []string{"--colour", "blue"}, want: []string{"usage"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.file != "" {
				test.args = append(test.args, "--config", write(t, "quoin.toml", test.file))
			}
			if test.env[0] != "" {
				t.Setenv(test.env[0], test.env[1])
			}
			_, _, err := settle(test.args...)
			if err == nil {
				t.Fatal("it was taken")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v, want %q in it", err, want)
				}
			}
		})
	}
}

// TestCommandsShareTheFile checks that a command that is no server passes over a server's settings, and over no others.
func TestCommandsShareTheFile(t *testing.T) {
	complete := func(text string) (*settings, error) {
		s := &settings{}
		set := newFlags(&Parts{Err: io.Discard}, "course import")
		s.siteFlags(set)
		if _, err := parse(set, []string{"--config", write(t, "quoin.toml", text)}); err != nil {
			return nil, err
		}
		return s, s.complete(set)
	}
	if s, err := complete("listen = \"127.0.0.1:1\"\nrole = \"web\"\ndata = \"there\""); err != nil || s.Data != "there" {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := complete("lisen = 1"); err == nil || !strings.Contains(err.Error(), "lisen") {
		t.Errorf("a misspelt setting: %v", err)
	}
}

func TestRedacted(t *testing.T) {
	_, set, err := settle("--secret", strings.Repeat("s3cret-", 8), "--redis-url", "redis://:hunter2@queue:6379/1",
		"--mongo-url", "mongodb://app:hunter2@one:27017,two:27017/quoin", "--files-url", "s3://bucket", "--listen", "127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	slog.New(slog.NewTextHandler(&out, nil)).Info("starting", redacted(set)...)
	for _, hidden := range []string{"s3cret", "hunter2"} {
		if strings.Contains(out.String(), hidden) {
			t.Errorf("%s is shown: %s", hidden, &out)
		}
	}
	for _, shown := range []string{"secret=(set)", "redis://:xxxxx@queue:6379/1", "files-url=s3://bucket", "listen=127.0.0.1:1", "role=all"} {
		if !strings.Contains(out.String(), shown) {
			t.Errorf("%s is not shown: %s", shown, &out)
		}
	}
}

func TestLogger(t *testing.T) {
	var out bytes.Buffer
	(&settings{LogFormat: "json", LogLevel: "warn"}).logger(&out).Warn("heard", "key", 1)
	(&settings{LogFormat: "json", LogLevel: "warn"}).logger(&out).Info("not heard")
	if !strings.HasPrefix(out.String(), "{") || !strings.Contains(out.String(), `"msg":"heard"`) || strings.Contains(out.String(), "not heard") {
		t.Errorf("%s", &out)
	}
}

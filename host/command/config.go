package command

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/quoin-lms/quoin/host"
)

// Role is what a process of a site does.
type Role string

// The roles.
const (
	RoleAll       Role = "all"
	RoleWeb       Role = "web"
	RoleWorker    Role = "worker"
	RoleScheduler Role = "scheduler"
)

// Serves reports whether the role answers browsers.
func (r Role) Serves() bool { return r == RoleAll || r == RoleWeb }

// settings are the site's, gathered by flags, QUOIN_* variables and one TOML file, in this order: what comes first wins.
type settings struct {
	Data      string
	Listen    string
	Role      string
	PublicURL string
	MongoURL  string
	RedisURL  string
	Prefix    string
	FilesURL  string
	Secret    string
	Proxies   list
	Blocks    list
	Sample    string
	Config    string
	LogFormat string
	LogLevel  string
	Memory    int64
	NoCache   bool
	Metrics   string
	SMTPURL   string
	MailFrom  string
	SignIn    signIn
	Joining   host.Joining
	Files     host.CourseFiles
	Traces    tracing

	Development bool
}

// list is a flag that may be given several times or hold several values divided by commas.
type list []string

// String implements flag.Value.
func (l *list) String() string { return strings.Join(*l, ",") }

// Set implements flag.Value.
func (l *list) Set(text string) error {
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" && !slices.Contains(*l, part) {
			*l = append(*l, part)
		}
	}
	return nil
}

// siteFlags adds the settings that say where a site is; every command that opens one has them.
func (s *settings) siteFlags(set *flag.FlagSet) {
	set.StringVar(&s.Config, "config", "", "TOML `file` with settings by the names of these flags")
	set.StringVar(&s.Data, "data", "data", "the site's `folder`: embedded store, files, caches, secret")
	set.StringVar(&s.MongoURL, "mongo-url", "", "store in MongoDB instead of the folder")
	set.StringVar(&s.FilesURL, "files-url", "", "keep files elsewhere than in the folder, such as s3://bucket")
	set.StringVar(&s.Secret, "secret", "", "the site's secret, 32 bytes or more, the same for every process; better as QUOIN_SECRET; made in the folder when empty")
	set.Var(&s.Blocks, "blocks", "source `folder` of blocks to build and watch, for development; may be repeated")
	set.Int64Var(&s.Memory, "block-memory", 256, "memory of all blocks together, in `MiB`")
	set.StringVar(&s.LogFormat, "log-format", "text", "text or json")
	set.StringVar(&s.LogLevel, "log-level", "info", "debug, info, warn or error")
}

// serveFlags adds what only a server needs.
func (s *settings) serveFlags(set *flag.FlagSet) {
	set.StringVar(&s.Listen, "listen", "127.0.0.1:8000", "`address` to listen on")
	set.StringVar(&s.Role, "role", string(RoleAll), "what this process does: all, web, worker or scheduler")
	set.StringVar(&s.PublicURL, "public-url", "", "how browsers reach the site, such as https://learn.example.org; http://LISTEN when empty")
	set.StringVar(&s.RedisURL, "redis-url", "", "jobs, live messages and limits on Redis instead of inside the process")
	set.StringVar(&s.Prefix, "prefix", "quoin", "keeps sites apart that share one Redis")
	set.Var(&s.Proxies, "proxies", "addresses of proxies whose X-Forwarded-For is believed")
	set.StringVar(&s.Sample, "sample", "", "course `folder` to import when the site has no course, for development")
	set.BoolVar(&s.Development, "development", false, "demo accounts and source folders; refuses to serve beyond this machine")
	set.StringVar(&s.Metrics, "metrics-token", "", "whoever bears this `token` may read /metrics from elsewhere than this machine")
	set.StringVar(&s.Traces.URL, "traces-url", "", "send traces to this OpenTelemetry collector (OTLP over HTTP), such as http://127.0.0.1:4318; else to OTEL_EXPORTER_OTLP_ENDPOINT, or nowhere")
	set.StringVar(&s.Traces.Headers, "traces-headers", "", "headers for the collector, as NAME=VALUE divided by commas; else OTEL_EXPORTER_OTLP_HEADERS")
	set.Float64Var(&s.Traces.Ratio, "traces-ratio", 1, "the `part` of traces that is recorded, 0 to 1")
	set.StringVar(&s.SMTPURL, "smtp-url", "", "mail server, such as smtp://user:password@mail.example.org:587 or smtps://; none is no mail, and in development a page that shows it")
	set.StringVar(&s.MailFrom, "mail-from", "", "`sender` of mails, such as \"Quoin <mail@example.org>\"")
	set.Var(&s.SignIn, "sign-in", "other sites to sign in with (OpenID Connect), as TOML tables by name; better in the file as [sign_in.NAME]")
	set.StringVar(&s.Joining.TermsURL, "terms-url", "", "`address` of the terms of use, which everybody must accept")
	set.StringVar(&s.Joining.TermsVersion, "terms-version", "", "`version` of the terms; when it is another one everybody is asked again")
	set.StringVar(&s.Joining.BirthYear, "birth-year", "", "ask for the year of birth: optional or required")
	set.IntVar(&s.Joining.MinimumAge, "minimum-age", 0, "refuse people who may be younger, going by the year of birth, in `years`")
	set.Int64Var(&s.Files.File, "course-file-megabytes", 500, "the largest file that a course team may upload, in `MB`")
	set.Int64Var(&s.Files.Course, "course-files-megabytes", 20_000, "all files of one course together, in `MB`")
	set.Int64Var(&s.Files.Captions, "course-captions-megabytes", 2, "the largest file with captions that a course team may upload, in `MB`")
	set.StringVar(&s.Files.Kinds, "course-file-kinds", "", "the `endings` of files that course teams may upload, such as .png,.pdf; all when empty")
	set.BoolVar(&s.NoCache, "no-render-cache", false, "render every view anew, to compare")
}

// secretSettings are never shown; those with addresses are shown without their passwords.
var secretSettings = map[string]bool{"secret": true, "metrics-token": true, "traces-headers": true}

// complete fills what no flag gave from variables and the file, and checks the whole.
func (s *settings) complete(set *flag.FlagSet) error {
	given := map[string]bool{}
	set.Visit(func(f *flag.Flag) { given[f.Name] = true })
	if !given["config"] {
		s.Config = os.Getenv(variable("config"))
	}
	values, err := s.file(set)
	if err != nil {
		return err
	}
	set.VisitAll(func(f *flag.Flag) {
		if err != nil || given[f.Name] || f.Name == "config" {
			return
		}
		from := "variable " + variable(f.Name)
		value, ok := os.LookupEnv(variable(f.Name))
		if !ok {
			from = s.Config
			value, ok = values[f.Name]
		}
		if ok {
			if e := f.Value.Set(value); e != nil {
				if f.Name == "sign-in" || secretSettings[f.Name] { // which holds secrets
					value = "..."
				}
				err = fmt.Errorf("%s: %s cannot be %q: %w", from, f.Name, value, e)
			}
		}
	})
	if err != nil {
		return err
	}
	return s.check()
}

func variable(name string) string {
	return "QUOIN_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// file reads the TOML file; settings are named like flags, with hyphens or underscores.
func (s *settings) file(set *flag.FlagSet) (map[string]string, error) {
	if s.Config == "" {
		return nil, nil
	}
	data, err := os.ReadFile(s.Config)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no configuration file %s", s.Config)
	}
	if err != nil {
		return nil, err
	}
	var tree map[string]any
	if err := toml.Unmarshal(data, &tree); err != nil {
		return nil, fmt.Errorf("reading %s: %w", s.Config, err)
	}
	values := map[string]string{}
	for key, value := range tree {
		name := strings.ReplaceAll(key, "_", "-")
		if set.Lookup(name) == nil {
			if serverOnly(name) {
				continue
			}
			return nil, fmt.Errorf("%s: there is no setting %q; quoin serve --help lists them", s.Config, key)
		}
		if values[name], err = settingText(name, value); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", s.Config, key, err)
		}
	}
	return values, nil
}

// serverOnly reports whether a setting is one of the server's, which other commands skip in the shared file.
func serverOnly(name string) bool {
	all := flag.NewFlagSet("", flag.ContinueOnError)
	new(settings).serveFlags(all)
	return all.Lookup(name) != nil
}

func settingText(name string, value any) (string, error) {
	switch v := value.(type) {
	case []any:
		parts := make([]string, 0, len(v))
		for _, part := range v {
			parts = append(parts, fmt.Sprint(part))
		}
		return strings.Join(parts, ","), nil
	case map[string]any:
		if name == "sign-in" {
			text, err := toml.Marshal(v)
			return string(text), err
		}
		return "", errors.New("settings have no tables")
	}
	return fmt.Sprint(value), nil
}

func (s *settings) check() error {
	switch Role(s.Role) {
	case RoleAll, RoleWeb, RoleWorker, RoleScheduler, "":
	default:
		return fmt.Errorf("role %q: it must be all, web, worker or scheduler", s.Role)
	}
	if Role(s.Role) != RoleAll && s.Role != "" && s.RedisURL == "" {
		return fmt.Errorf("role %s shares its work with other processes: give them the same --redis-url", s.Role)
	}
	if s.Memory < 32 {
		return fmt.Errorf("block-memory %d: blocks need 32 MiB or more", s.Memory)
	}
	if err := s.Joining.Check(); err != nil {
		return err
	}
	if err := s.Traces.check(); err != nil {
		return err
	}
	if s.LogFormat != "text" && s.LogFormat != "json" {
		return fmt.Errorf("log-format %q: it must be text or json", s.LogFormat)
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.LogLevel)); err != nil {
		return fmt.Errorf("log-level %q: it must be debug, info, warn or error", s.LogLevel)
	}
	return nil
}

// logger makes the process's log: one line an event.
func (s *settings) logger(w io.Writer) *slog.Logger {
	return slog.New(host.LogHandler(s.logHandler(w)))
}

func (s *settings) logHandler(w io.Writer) slog.Handler {
	var level slog.Level
	_ = level.UnmarshalText([]byte(s.LogLevel)) // checked before
	options := &slog.HandlerOptions{Level: level}
	if s.LogFormat == "json" {
		return slog.NewJSONHandler(w, options)
	}
	return slog.NewTextHandler(w, options)
}

// redacted lists the settings as they may be shown.
func redacted(set *flag.FlagSet) []any {
	var out []any
	set.VisitAll(func(f *flag.Flag) {
		value := f.Value.String()
		switch {
		case value == "":
			return
		case secretSettings[f.Name]:
			value = "(set)"
		case strings.HasSuffix(f.Name, "-url"):
			if parsed, err := url.Parse(value); err == nil {
				value = parsed.Redacted()
			} else {
				value = "(cannot be read)"
			}
		}
		out = append(out, slog.String(f.Name, value))
	})
	return out
}

package command

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the table of settings into the README")

// settingsTable writes the server's settings as the README shows them.
func settingsTable() string {
	var b strings.Builder
	b.WriteString("| flag | variable | without it | what |\n| --- | --- | --- | --- |\n")
	set := flag.NewFlagSet("", flag.ContinueOnError)
	s := &settings{}
	s.siteFlags(set)
	s.serveFlags(set)
	set.VisitAll(func(f *flag.Flag) {
		without := ""
		if f.DefValue != "" {
			without = "`" + f.DefValue + "`"
		}
		_, usage := flag.UnquoteUsage(f)
		fmt.Fprintf(&b, "| `--%s` | `%s` | %s | %s |\n", f.Name, variable(f.Name), without, strings.NewReplacer("|", "\\|", "<", "&lt;", ">", "&gt;").Replace(usage))
	})
	return b.String()
}

// The README's table of settings is the flags' own. go test ./host/command -run TestReadmeSettings -update writes it.
func TestReadmeSettings(t *testing.T) {
	path := filepath.Join("..", "..", "README.md")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- settings -->\n", "<!-- /settings -->"
	before, rest, found := strings.Cut(string(data), begin)
	table, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("the README has no place for the settings between %q and %q", begin, end)
	}
	if table == settingsTable() {
		return
	}
	if !*update {
		t.Fatalf("the README's settings are not the flags': run go test ./host/command -run TestReadmeSettings -update\n%s", settingsTable())
	}
	if err := os.WriteFile(path, []byte(before+begin+settingsTable()+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

package layout_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/quoin-lms/quoin"

// pack is what the go command says of a package of this module.
type pack struct {
	ImportPath, Name                   string
	Imports, TestImports, XTestImports []string
	// place is the package's folder, "." for the root.
	place string
}

// packages lists this module's packages.
func packages(t *testing.T) []pack {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Name,Imports,TestImports,XTestImports", "./...")
	list.Dir = ".."
	var failed bytes.Buffer
	list.Stderr = &failed
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &failed)
	}
	var all []pack
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pack
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		p.place, _ = local(p.ImportPath)
		all = append(all, p)
	}
	if len(all) < 50 {
		t.Fatalf("go list shows %d packages only", len(all))
	}
	return all
}

// local gives a package's folder, and whether it is one of ours.
func local(imported string) (place string, ours bool) {
	if imported == module {
		return ".", true
	}
	return strings.CutPrefix(imported, module+"/")
}

// below reports whether a folder is one of the named or stands in one.
func below(place string, names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return place == name || strings.HasPrefix(place, name+"/") })
}

// standard reports whether an import is of the standard library: its first part has no dot.
func standard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".")
}

// rule says what some packages may import. Tests are held to it where tests says so.
type rule struct {
	name string
	// who it is about.
	who func(place string) bool
	// may reports whether a package of ours may be imported from there; libraries are left to homes.
	may func(from, to string) bool
	// libraries says that others than the standard library may be imported.
	libraries bool
	tests     bool
	why       string
}

// blockOf gives the folder of the block that a place belongs to.
func blockOf(place string) string {
	parts := strings.Split(place, "/")
	if parts[0] == "examples" {
		return strings.Join(parts[:min(3, len(parts))], "/")
	}
	return strings.Join(parts[:min(2, len(parts))], "/")
}

func isBlock(place string) bool {
	return below(place, "blocks", "examples/blocks") && place != "examples/blocks"
}

var rules = []rule{
	{
		name: "the contract", who: func(p string) bool { return p == "sdk/wire" },
		may: func(string, string) bool { return false },
		why: "sdk/wire is compiled into every guest and must outlive every host: it imports the standard library alone",
	},
	{
		name: "the SDK", who: func(p string) bool { return below(p, "sdk") && !below(p, "sdk/wire", "sdk/process") },
		may:   func(_, to string) bool { return below(to, "sdk") && !below(to, "sdk/process") },
		tests: true,
		why: "a guest SDK that imports host types breaks guests again and again, and each library in it is compiled into every block: " +
			"sdk imports the standard library and sdk/wire",
	},
	{
		name: "the SDK's process door", who: func(p string) bool { return below(p, "sdk/process") },
		may: func(_, to string) bool { return below(to, "sdk") }, libraries: true,
		why: "sdk/process is a package of its own so that go-plugin stays out of sdk, and it knows no host",
	},
	{
		name: "the runtime", who: func(p string) bool { return below(p, "runtime") },
		may: func(from, to string) bool {
			return below(to, "runtime") || to == "sdk/wire" || from == "runtime/engine/process" && to == "sdk/process/door" ||
				from == "runtime/build" && (to == "sdk/typescript" || to == "sdk/elements" || to == "sdk/c") ||
				from == "runtime/packages/trials" && (to == "sdk" || below(to, "sdk/blocktest"))
		},
		libraries: true,
		why: "runtime knows no HTTP, no queue and no block's name, so that every host can stand on it: it imports runtime/... and sdk/wire " +
			"(the process engine also the door that it shares with the SDK, the builder the sources that it bundles into blocks, and the " +
			"trials of a block in its engine the host that a block's own tests have, so that both hold it to the same)",
	},
	{
		name: "the hosts' way to blocks", who: func(p string) bool { return below(p, "host", "workers") },
		may: func(from, to string) bool {
			return to == "sdk/wire" || below(to, strings.Split(from, "/")[0]) || from == "host/guide" && to == "sdk/guide" || from == "host" && to == "sdk/transcript" || from == "host/web" && to == "sdk/elements" ||
				below(to, "runtime") && !below(to, "runtime/engine", "runtime/registry", "runtime/build")
		},
		libraries: true,
		why: "host and workers see blocks through runtime/kernel alone, which re-exports what install pages and commands need: engine, " +
			"registry and build stay replaceable (the guide's texts are the SDK's, and host/guide shows them; so are the elements, which " +
			"host/web bundles, and the reader of captions, so that Studio takes what the video's block can show)",
	},
	{
		name: "host and workers", who: func(p string) bool { return below(p, "host", "workers") },
		may: func(from, to string) bool {
			return !below(to, "host", "workers") || below(to, strings.Split(from, "/")[0])
		},
		libraries: true, tests: true,
		why: "web and workers run as separate processes and meet in the store and the ports: neither imports the other, main wires both",
	},
	{
		name: "blocks", who: isBlock,
		may: func(from, to string) bool {
			return to == "sdk" || below(to, "sdk/wire", "sdk/question", "sdk/markup", "sdk/transcript", "blocks/internal", blockOf(from))
		},
		libraries: true,
		why: "a block must run in any host, be built alone and be replaced alone: it imports sdk, the standard library and libraries of its " +
			"field; what blocks share is blocks/internal or sdk",
	},
	{
		name: "nothing but tests imports a block", who: func(p string) bool { return !isBlock(p) },
		may: func(_, to string) bool { return !isBlock(to) }, libraries: true,
		why: "blocks are loaded at run time; an import would make one of them part of the platform",
	},
	{
		name: "main alone wires", who: func(p string) bool { return p != "." && !below(p, "host", "workers") },
		may: func(_, to string) bool { return !below(to, "host", "workers") && to != "." }, libraries: true,
		why: "only main.go wires host and workers; whoever else imports them makes a second platform",
	},
}

func TestWhoMayImportWhom(t *testing.T) {
	for _, p := range packages(t) {
		for _, r := range rules {
			if !r.who(p.place) {
				continue
			}
			imports := slices.Clone(p.Imports)
			if r.tests {
				imports = append(append(imports, p.TestImports...), p.XTestImports...)
			}
			for _, imported := range imports {
				to, ours := local(imported)
				switch {
				case ours && to != p.place && !r.may(p.place, to):
					t.Errorf("%s imports %s.\n%s: %s", p.place, to, r.name, r.why)
				case !ours && !standard(imported) && !r.libraries:
					t.Errorf("%s imports %s.\n%s: %s", p.place, imported, r.name, r.why)
				}
			}
		}
	}
}

// home is where a library may be imported, tests left aside: replacing it touches one place.
type home struct {
	library string
	places  []string
	why     string
}

var homes = []home{
	{"github.com/tetratelabs/wazero", []string{"runtime/engine/wasm"}, "the sandbox's engine"},
	{"github.com/hashicorp/go-plugin", []string{"runtime/engine/process", "sdk/process"}, "both ends of the process engine"},
	{"github.com/hashicorp/go-hclog", []string{"runtime/engine/process", "sdk/process"}, "go-plugin's log"},
	{"google.golang.org/grpc", []string{"runtime/engine/process", "sdk/process"}, "go-plugin's transport"},
	{"google.golang.org/protobuf", []string{"runtime/engine/process", "sdk/process", "runtime/trace/otlp/otlptest"}, "go-plugin's messages, and those of traces in tests"},
	// The documents' format is shared by both stores; the driver is not.
	{"go.mongodb.org/mongo-driver/v2/bson", []string{"runtime/store"}, "the format of stored documents"},
	{"go.mongodb.org/mongo-driver/v2", []string{"runtime/store/mongostore"}, "the store for clusters"},
	{"modernc.org/sqlite", []string{"runtime/store/sqlitestore"}, "the embedded store"},
	{"gocloud.dev", []string{"runtime/files"}, "files in folders and buckets"},
	{"github.com/hibiken/asynq", []string{"workers"}, "jobs"},
	{"github.com/redis/go-redis", []string{"workers"}, "messages and limits"},
	{"github.com/alicebob/miniredis", []string{"workers"}, "the queue inside the process"},
	{"github.com/gofiber/fiber", []string{"host"}, "the web server"},
	{"github.com/evanw/esbuild", []string{"host/web", "runtime/build"}, "bundles of the browser's scripts and of blocks in TypeScript"},
	{"github.com/yuin/goldmark", []string{"host/guide"}, "the guide for block developers"},
	{"github.com/arran4/golang-ical", []string{"host"}, "calendars"},
	{"github.com/coreos/go-oidc", []string{"host/oidc"}, "sign-in by another site"},
	{"golang.org/x/oauth2", []string{"host/oidc"}, "sign-in by another site"},
	{"github.com/BurntSushi/toml", []string{"host/command", "runtime/course/olx"}, "the configuration file, and what archives of libraries say of themselves"},
	{"github.com/maypok86/otter", []string{"runtime/kernel", "runtime/formula", "runtime/scripting"}, "bounded caches"},
	{"github.com/microcosm-cc/bluemonday", []string{"runtime/sanitize"}, "the one HTML allow-list"},
	{"golang.org/x/crypto", []string{"runtime/people"}, "hashes of passwords"},
	{"aead.dev/minisign", []string{"runtime/packages"}, "signatures of packages"},
	{"golang.org/x/image", []string{"runtime/course/picture"}, "smaller copies of a course's pictures"},
	{"go.opentelemetry.io", []string{"runtime/trace/otlp"}, "traces; everything else knows package trace, which costs nothing where nobody traces"},
	{"github.com/chromedp", nil, "a browser, for tests"},
	{"github.com/go-jose/go-jose", nil, "the keys of an identity provider, for tests"},
}

// everywhere are what the Go project keeps beside its standard library; they belong to no place.
var everywhere = []string{"golang.org/x/net", "golang.org/x/sync", "golang.org/x/sys", "golang.org/x/text", "golang.org/x/tools"}

func homeOf(imported string) *home {
	for i := range homes {
		if below(imported, homes[i].library) {
			return &homes[i]
		}
	}
	return nil
}

func TestOneLibraryOneHome(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			if _, ours := local(imported); ours || standard(imported) || below(imported, everywhere...) {
				continue
			}
			switch h := homeOf(imported); {
			case h == nil:
				t.Errorf("%s imports %s, which has no home: name it, with the reason for the dependency, in homes and in the README", p.place, imported)
			case !below(p.place, h.places...):
				t.Errorf("%s imports %s (%s), whose home is %s: behind an interface there, replacing it touches one place", p.place, imported, h.why, strings.Join(h.places, ", "))
			}
		}
	}
}

var requirement = regexp.MustCompile(`(?m)^\t(\S+) v\S+$`)

// TestEveryRequirementHasAHome holds go.mod's direct requirements to the same table.
func TestEveryRequirementHasAHome(t *testing.T) {
	text, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	found := requirement.FindAllStringSubmatch(string(text), -1)
	if len(found) < 10 {
		t.Fatalf("go.mod seems to require %d libraries only", len(found))
	}
	for _, match := range found {
		library := match[1]
		known := below(library, everywhere...) || slices.ContainsFunc(homes, func(h home) bool {
			return below(library, h.library) || below(h.library, library)
		})
		if !known {
			t.Errorf("go.mod requires %s, which has no home: name it in homes and in the README, or remove it", library)
		}
	}
}

// TestNames refuses names that say nothing, and one that would hide the standard library's package.
func TestNames(t *testing.T) {
	for _, p := range packages(t) {
		if slices.Contains([]string{"util", "utils", "common", "helper", "helpers", "misc"}, p.Name) {
			t.Errorf("%s: a package called %s is about nothing: name it after what it does", p.place, p.Name)
		}
		if p.Name == "runtime" || strings.Contains(p.Name, "quoin") {
			t.Errorf("%s: no package is called %s: runtime is the standard library's, and the product's name stands in the module path alone", p.place, p.Name)
		}
	}
}

// TestRulesNotice holds the rules themselves to imports that they must refuse.
func TestRulesNotice(t *testing.T) {
	for _, bad := range [][2]string{
		{"sdk/wire", "sdk"},
		{"sdk", "runtime/kernel"},
		{"sdk/blocktest", "sdk/process"},
		{"sdk/process", "runtime/engine"},
		{"runtime/kernel", "sdk"},
		{"runtime/packages", "sdk/blocktest/suite"},
		{"runtime/kernel", "host"},
		{"runtime/site", "workers/queue"},
		{"runtime/kernel", "blocks/html"},
		{"runtime/kernel", "sdk/process/door"},
		{"host", "workers"},
		{"host/command", "workers/queue"},
		{"workers", "host"},
		{"host", "runtime/registry"},
		{"workers", "runtime/engine/wasm"},
		{"host/command", "runtime/build"},
		{"host", "sdk"},
		{"host", "blocks/html"},
		{"blocks/html", "blocks/problem"},
		{"blocks/problem/capa", "runtime/kernel"},
		{"blocks/html", "host"},
		{"examples/blocks/seats", "examples/blocks/forum"},
		{".", "blocks/html"},
		{"examples/bench", "host"},
		{"runtime/store", "."},
	} {
		refused := slices.ContainsFunc(rules, func(r rule) bool { return r.who(bad[0]) && !r.may(bad[0], bad[1]) })
		if !refused {
			t.Errorf("no rule refuses that %s imports %s", bad[0], bad[1])
		}
	}
	for _, good := range [][2]string{
		{".", "host/command"},
		{".", "workers"},
		{"host/command", "host"},
		{"host/command", "runtime/kernel"},
		{"workers", "runtime/site"},
		{"blocks/problem", "blocks/problem/capa"},
		{"blocks/problem/capa", "sdk/markup"},
		{"sdk/blocktest", "sdk/blocktest/story"},
		{"runtime/engine/process", "sdk/process/door"},
		{"runtime/packages/trials", "sdk/blocktest/suite"},
		{"host/web/build", "host/web"},
	} {
		for _, r := range rules {
			if r.who(good[0]) && !r.may(good[0], good[1]) {
				t.Errorf("%s may not import %s: %s", good[0], good[1], r.name)
			}
		}
	}
	if homeOf("github.com/gofiber/fiber/v2/middleware") == nil || homeOf("go.mongodb.org/mongo-driver/v2/bson/primitive").places[0] != "runtime/store" {
		t.Error("a library's package is not recognised")
	}
}

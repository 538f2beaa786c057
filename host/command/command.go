package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/runtime/trace"
)

// Parts is what main gives the commands.
type Parts struct {
	// Shipped holds the compiled blocks of this binary, one folder each.
	Shipped fs.FS
	// SDK holds what blocks are written with, below the folder sdk as in the project's own tree.
	SDK fs.FS
	// Background opens jobs, live messages and limits.
	Background func(ctx context.Context, config BackgroundConfig) (Background, error)
	In         io.Reader
	Out, Err   io.Writer
}

// BackgroundConfig says where jobs wait and how many this process runs at a time.
type BackgroundConfig struct {
	// RedisURL is where; "" keeps them inside the process.
	RedisURL string
	// Prefix keeps sites apart that share one Redis.
	Prefix string
	Log    *slog.Logger
	// Tracer follows jobs; nil follows none.
	Tracer trace.Tracer
}

// Background is jobs, live messages and limits of one site, and the workers of this process.
type Background interface {
	ports.Queue
	ports.Bus
	ports.Limiter
	// Ping asks whether jobs can be handed over now.
	Ping(ctx context.Context) error
	// Work starts what the role does in the background, until stop is called; stop waits for running jobs until its context ends.
	Work(ctx context.Context, s *site.Site, role Role) (stop func(ctx context.Context) error, err error)
	Close() error
}

// errUsage is a call that cannot be understood; its text was shown already.
var errUsage = errors.New("usage")

// errFailed says that a command did its work and found something wrong, which it has shown.
var errFailed = errors.New("failed")

// command is one subcommand.
type command struct {
	name, args, help string
	run              func(ctx context.Context, p *Parts, args []string) error
}

// commands lists the subcommands in the order in which the help shows them.
func commands() []command {
	return []command{
		{"serve", "[flags]", "run the site: web, workers and scheduler, or one of them", serve},
		{"version", "", "tell which quoin this is", version},
		{"doctor", "[--deep] [--send-to ADDRESS] [--json] [flags]", "look a site over: what is wrong, and how to mend it", doctor},
		{"backup", "--out FILE [flags]", "write the whole site into one archive, while it runs", backupSite},
		{"restore", "FILE --data DIR [flags]", "put a site together from a backup, in an empty folder", restoreSite},
		{"course import", "FILE|FOLDER [flags]", "bring an Open edX course archive in", courseImport},
		{"course export", "KEY [--out FILE|FOLDER] [--secrets] [flags]", "take a course out as an Open edX archive", courseExport},
		{"course check", "FILE|FOLDER [--answers ANSWERS.json] [--json]", "render and answer everything in an archive, and report", courseCheck},
		{"user create", "NAME --email ADDRESS [flags]", "make an account", userCreate},
		{"user grant", "NAME ROLE [flags]", "give a role in a course or on the site", userGrant},
		{"user export", "NAME --out FILE [flags]", "write all that is held about a person", userExport},
		{"user erase", "NAME [--yes NAME] [flags]", "erase a person and all work of this person", userErase},
		{"user erasures", "--out FILE [flags]", "list who was erased, for restores of older backups", userErasures},
		{"secret set", "PACKAGE/HANDLE [--host HOST] [flags]", "keep a secret that a block uses and never sees", secretSet},
		{"secret list", "[flags]", "which secrets are set", secretList},
		{"secret remove", "PACKAGE/HANDLE [flags]", "take a secret away", secretRemove},
		{"docs", "[--port N] [--out FOLDER]", "the guide for block developers, in the browser or as files", docs},
		{"block new", "FOLDER [--lang LANGUAGE] [--kind KIND] [--name NAME]", "write a small block to start from", blockNew},
		{"block sdk", "FOLDER...", "lay this quoin's SDK down beside blocks again, after an upgrade", blockSDK},
		{"block check", "FOLDER...", "look blocks over: manifest, imports, build, samples in the sandbox", blockCheck},
		{"block bench", "[--calls N] FOLDER...", "measure the calls that samples and stories lead to, through every engine", blockBench},
		{"block test", "FOLDER... [-v] [--run REGEXP] [--update]", "try blocks: promises, samples, stories, in their engine and natively", blockTest},
		{"block run", "FOLDER... [--port N] [--open] [--data DIR]", "try blocks live: learners, author and staff side by side, with every call shown", blockRun},
		{"block build", "FOLDER... --out DIR", "compile blocks into packages", blockBuild},
		{"block pack", "FOLDER [--out FILE]", "compile a block into the archive that it travels as", blockPack},
		{"block sign", "FILE --key KEY [--rotations FILE] [--out FILE]", "put your signature into an archive", blockSign},
		{"block verify", "FILE [--publisher KEY]", "open an archive as a site would, and say who signed it", blockVerify},
		{"block install", "FILE|FOLDER|https://... [--course KEY] [--yes] [flags]", "look at a block, try it, and install it, while the site runs", blockInstall},
		{"block upgrade", "FILE|FOLDER|https://... [--yes] [flags]", "the same for a newer version of an installed block", blockUpgrade},
		{"block rollback", "NAME [--to VERSION] [flags]", "make the version current again that was so before", blockRollback},
		{"block remove", "NAME [flags]", "take a block away; its content stays", blockRemove},
		{"block restore", "NAME [flags]", "put a removed block back", blockRestore},
		{"block enable", "NAME [--course KEY] [flags]", "switch a block on, for the site or for courses", blockEnable},
		{"block disable", "NAME [--course KEY] [--reason TEXT] [flags]", "switch a block off", blockDisable},
		{"block list", "[flags]", "which blocks a site has", blockList},
		{"block why", "NAME [flags]", "why a block is off, and how to mend it", blockWhy},
		{"block lock", "[--out FILE] [--apply FILE [--from FOLDER]] [flags]", "write a site's set of blocks to a file, or apply one", blockLock},
		{"block keys new", "[--out FILE] [--no-password]", "make a key to sign archives with", keysNew},
		{"block keys rotate", "--key OLD --to NEW [--out FILE]", "say with an old key that a new one takes its place", keysRotate},
		{"block keys revoke", "KEY [--reason TEXT] [flags]", "believe a publisher's key no more", keysRevoke},
		{"block keys believe", "KEY [flags]", "take that back", keysBelieve},
	}
}

// Run runs one command and returns the exit status: 0 done, 1 failed or found something wrong, 2 not understood.
func Run(ctx context.Context, p Parts, args []string) int {
	for _, c := range commands() {
		words := strings.Fields(c.name)
		if len(args) < len(words) || !equal(args[:len(words)], words) {
			continue
		}
		err := c.run(ctx, &p, args[len(words):])
		switch {
		case err == nil, errors.Is(err, flag.ErrHelp):
			return 0
		case errors.Is(err, errUsage):
			fmt.Fprintf(p.Err, "usage: quoin %s %s\n", c.name, c.args)
			return 2
		case errors.Is(err, errFailed):
			return 1
		case errors.Is(err, context.Canceled):
			fmt.Fprintf(p.Err, "quoin %s: stopped\n", c.name)
			return 1
		}
		fmt.Fprintf(p.Err, "quoin %s: %v\n", c.name, err)
		return 1
	}
	return help(p.Err, args)
}

// help answers what no command understood: with the commands, or those of a group (block, block keys), and 0 where it was asked
// for them.
func help(w io.Writer, args []string) int {
	asked := func(word string) bool { return word == "help" || word == "-h" || word == "--help" }
	words, wanted := []string{}, false
	for _, word := range args {
		if asked(word) {
			wanted = true
			continue
		}
		words = append(words, word)
	}
	for ; len(words) > 0; words = words[:len(words)-1] {
		if usage(w, strings.Join(words, " ")+" ", !wanted && len(words) < len(args), args) {
			break
		}
	}
	if len(words) == 0 {
		usage(w, "", len(args) > 0 && !wanted, args)
	}
	if wanted {
		return 0
	}
	return 2
}

func equal(a, b []string) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// usage lists the commands that begin so, and reports whether there are any; unknown says first that args name none.
func usage(w io.Writer, beginning string, unknown bool, args []string) bool {
	of := slices.DeleteFunc(commands(), func(c command) bool { return !strings.HasPrefix(c.name, beginning) })
	if len(of) == 0 {
		return false
	}
	if unknown {
		fmt.Fprintf(w, "there is no command %q\n\n", strings.Join(args[:min(2, len(args))], " "))
	}
	fmt.Fprintf(w, "usage: quoin %sCOMMAND ...\n\n", beginning)
	for _, c := range of {
		fmt.Fprintf(w, "  %-18s %s\n", c.name, c.help)
	}
	fmt.Fprint(w, "\nquoin COMMAND --help lists a command's flags.\n")
	return true
}

// newFlags makes a flag set that writes to the command's error output.
func newFlags(p *Parts, name string) *flag.FlagSet {
	set := flag.NewFlagSet("quoin "+name, flag.ContinueOnError)
	set.SetOutput(p.Err)
	return set
}

// parse reads flags that may stand before, between and after the words, and returns the words. The flag package by itself
// stops at the first word.
func parse(set *flag.FlagSet, args []string) ([]string, error) {
	var words []string
	for {
		if err := set.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, errUsage
		}
		if set.NArg() == 0 {
			return words, nil
		}
		words, args = append(words, set.Arg(0)), set.Args()[1:]
	}
}

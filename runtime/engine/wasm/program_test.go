package wasm

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// commandSource is a command without a C library: it keeps a counter in memory, copies standard input behind the counter's value
// and what stands in a file to standard output, and ends itself. _start begins as the C library's does.
const commandSource = `
#define WASI(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))
typedef struct { char *at; unsigned size; } vector;
WASI(fd_write) int fd_write(int fd, const vector *v, int n, unsigned *done);
WASI(fd_read) int fd_read(int fd, const vector *v, int n, unsigned *done);
WASI(path_open) int path_open(int dir, int flags, const char *path, unsigned length, int oflags, long long rights, long long inherited, int fdflags, int *fd);
WASI(args_sizes_get) int args_sizes_get(unsigned *count, unsigned *size);
WASI(proc_exit) _Noreturn void proc_exit(int code);
static volatile int started;
static int runs;
static char buffer[4096];
static void copy(int fd) {
	unsigned n;
	vector v = {buffer, sizeof buffer};
	while (fd_read(fd, &v, 1, &n) == 0 && n > 0) {
		vector w = {buffer, n};
		fd_write(1, &w, 1, &n);
	}
}
__attribute__((noinline)) static void run(void) {
	unsigned count, size;
	args_sizes_get(&count, &size);
	char digits[2] = {(char)('0' + runs), (char)('0' + count)};
	runs += 1;
	vector w = {digits, 2};
	fd_write(1, &w, 1, &size);
	copy(0);
	int fd;
	if (path_open(3, 0, "notes/a.txt", 11, 0, 2, 0, 0, &fd) == 0) copy(fd);
	if (path_open(3, 0, "notes/a.txt", 11, 8, 64, 0, 0, &fd) == 0) proc_exit(9);
	if (path_open(3, 0, "../a.txt", 8, 0, 2, 0, 0, &fd) == 0) copy(fd);
	proc_exit(0);
}
__attribute__((export_name("_start"))) void _start(void) {
	if (started != 0) __builtin_trap();
	started = 1;
	run();
}
`

func commandModule(t *testing.T) []byte {
	t.Helper()
	for _, program := range []string{"clang", "wasm-ld"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
	dir := t.TempDir()
	source, module := filepath.Join(dir, "c.c"), filepath.Join(dir, "c.wasm")
	if err := os.WriteFile(source, []byte(commandSource), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "clang", "--target=wasm32", "-O1", "-nostdlib", "-Wl,--no-entry", "-o", module, source).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	code, err := os.ReadFile(module)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// A command handles frames, with its own files and the call's, and without a trace of one call in the next. What Prepare did
// stays.
func TestPrograms(t *testing.T) {
	code := commandModule(t)
	for name, test := range map[string]struct {
		prepare []string
		want    string
	}{"from its beginning": {nil, "02"}, "prepared": {[]string{"x"}, "12"}} {
		t.Run(name, func(t *testing.T) {
			e, err := New(t.Context(), Config{})
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close(t.Context())
			conn, err := e.Load(t.Context(), engine.Artifact{Name: "c", Code: code, Program: &engine.Program{
				Files: map[string][]byte{"notes/b.txt": []byte("b")}, Prepare: test.prepare, Run: []string{"c", "run"},
			}, Limits: engine.Limits{Reply: 5000}})
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				result, err := conn.Call(t.Context(), engine.Call{
					Frame: []byte(" hello "), Files: map[string][]byte{"notes/a.txt": []byte("file"), "a.txt": []byte("!")},
				})
				if err != nil || string(result.Frame) != test.want+" hello file!" {
					t.Errorf("%q, %v", result.Frame, err)
				}
			}
			var failure *wire.Error
			_, err = conn.Call(t.Context(), engine.Call{Frame: []byte(strings.Repeat("x", 6000))})
			if !errors.As(err, &failure) || failure.Code != wire.CodeTooLarge || failure.Blame != wire.BlameBlock {
				t.Errorf("a program that writes too much: %v", err)
			}
		})
	}
}

// A start that does not look like the C library's cannot be prepared, whatever the bytes.
func FuzzStartGuard(f *testing.F) {
	f.Add([]byte("\x00asm\x01\x00\x00\x00"))
	f.Add([]byte("\x00asm\x01\x00\x00\x00\x02\x01\x00\x07\x0a\x01\x06_start\x00\x00\x0a\x0d\x01\x0b\x00\x02\x40\x41\x10\x28\x02\x04\x0d\x00\x0b\x0b"))
	f.Fuzz(func(_ *testing.T, module []byte) {
		_, _ = startGuard(module) // it must come back
	})
}

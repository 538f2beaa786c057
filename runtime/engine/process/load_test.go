package process

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// script makes an executable that is no block of ours.
func script(t *testing.T, text string) engine.Artifact {
	t.Helper()
	path := filepath.Join(t.TempDir(), "block")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return engine.Artifact{Name: "odd", Version: "1.0.0", Path: path}
}

func TestLoadRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		artifact engine.Artifact
		code     wire.Code
		words    []string
	}{
		"another ABI":       {script(t, "echo '1|99|unix|'$PLUGIN_UNIX_SOCKET_DIR'/x|grpc|'; read line"), wire.CodeABI, []string{"99", "ABI 1"}},
		"ABI 0":             {script(t, "echo '1|0|unix|/x|grpc|'; read line"), wire.CodeABI, []string{"ABI 0", "ABI 1"}},
		"what ends at once": {script(t, "echo its config is missing; exit 4"), wire.CodeTrap, []string{"odd", "exit status 4", "its config is missing"}},
		"what is silent":    {script(t, "echo still thinking; read line"), wire.CodeTrap, []string{"serve within", "still thinking"}},
		"another protocol":  {script(t, "echo '1|1|unix|'$PLUGIN_UNIX_SOCKET_DIR'/x|netrpc|'; read line"), wire.CodeTrap, []string{"netrpc"}},
		"a socket of others": {
			script(t, "echo '1|1|unix|/run/docker.sock|grpc|'; read line"), wire.CodeTrap, []string{"/run/docker.sock"},
		},
		"a way out":     {script(t, "echo '1|1|unix|'$PLUGIN_UNIX_SOCKET_DIR'/../../x|grpc|'; read line"), wire.CodeTrap, []string{"not on a socket in the folder"}},
		"a port":        {script(t, "echo '1|1|tcp|127.0.0.1:80|grpc|'; read line"), wire.CodeTrap, []string{"127.0.0.1:80"}},
		"no socket":     {script(t, "echo '1|1|unix|'$PLUGIN_UNIX_SOCKET_DIR'/x|grpc|'; read line"), wire.CodeTrap, []string{"odd"}},
		"no program":    {engine.Artifact{Name: "odd", Path: script(t, "").Path + "s"}, wire.CodeBroken, []string{"odd", "no such file"}},
		"nothing":       {engine.Artifact{Name: "odd"}, wire.CodeBroken, []string{"names no executable"}},
		"changed bytes": {engine.Artifact{Name: "odd", Path: script(t, "").Path, Digest: "00"}, wire.CodeBroken, []string{"changed since"}},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEngine(t, Config{StartTimeout: 2 * time.Second})
			_, err := e.Load(t.Context(), test.artifact)
			wants(t, err, test.code, test.words...)
			if len(e.conns) != 0 {
				t.Error("what did not load is kept")
			}
		})
	}
}

// A socket that the process put a link in place of must not lead the host elsewhere.
func TestLoadRefusesALinkToAnothersSocket(t *testing.T) {
	e := newEngine(t, Config{})
	other := load(t, e, probe(t))
	sockets, err := filepath.Glob(filepath.Join(other.current.dir, "plugin-dir*", "plugin*"))
	if err != nil || len(sockets) != 1 {
		t.Fatalf("sockets %v, %v", sockets, err)
	}
	artifact := script(t, "/bin/ln -s "+sockets[0]+" $PLUGIN_UNIX_SOCKET_DIR/x; echo '1|1|unix|'$PLUGIN_UNIX_SOCKET_DIR'/x|grpc|'; read line")
	_, err = e.Load(t.Context(), artifact)
	wants(t, err, wire.CodeTrap, "not the block's")
}

func TestLoadEndsWithItsContext(t *testing.T) {
	e := newEngine(t, Config{})
	artifact := script(t, "read line")
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	_, err := e.Load(ctx, artifact)
	wants(t, err, wire.CodeDeadline)
}

func TestCloseEndsALoad(t *testing.T) {
	e := newEngine(t, Config{})
	artifact := script(t, "read line")
	failed := make(chan error, 1)
	go func() {
		_, err := e.Load(context.Background(), artifact)
		failed <- err
	}()
	eventually(t, "the load begins", func() bool {
		e.mu.Lock()
		defer e.mu.Unlock()
		return len(e.conns) == 1
	}, func() string { return "it does not" })
	if err := e.Close(t.Context()); err != nil {
		t.Error(err)
	}
	wants(t, <-failed, wire.CodeStopping)
}

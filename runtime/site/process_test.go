package site_test

import (
	"context"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/sdk/wire"
)

func openWith(t *testing.T, allow ...string) *site.Site {
	t.Helper()
	s, err := site.Open(t.Context(), site.Config{
		Data: t.TempDir(), Development: true, Folders: []string{"testdata/teller"}, AllowProcess: allow,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// A package runs as a process only where the configuration names it; elsewhere it is broken, and says why.
func TestProcessesNeedTheConfiguration(t *testing.T) {
	for _, allow := range [][]string{nil, {"another"}} {
		s := openWith(t, allow...)
		if (s.Process != nil) != (allow != nil) {
			t.Errorf("with %q the process engine is %v", allow, s.Process)
		}
		_, err := s.Registry.Lookup("teller")
		if !errors.Is(err, &wire.Error{Code: wire.CodeBroken}) || !strings.Contains(err.Error(), "trusted code") {
			t.Errorf("with %q: %v", allow, err)
		}
	}
	s := openWith(t, "teller")
	version, err := s.Registry.Lookup("teller")
	if err != nil {
		t.Fatal(err)
	}
	conn, done, err := version.Use(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	frame, err := wire.EncodeRequest(wire.Request{ABI: wire.ABI, Op: wire.OpRender, Context: wire.Context{Block: "teller"}},
		&wire.RenderRequest{View: wire.ViewLearner})
	if err != nil {
		t.Fatal(err)
	}
	result, err := conn.Call(t.Context(), engine.Call{Frame: frame})
	if err != nil {
		t.Fatal(err)
	}
	var fragment wire.Fragment
	if err := wire.DecodeReply(result.Frame, &fragment); err != nil {
		t.Fatal(err)
	}
	if pid, err := strconv.Atoi(string(fragment.HTML.Data)); err != nil || pid == os.Getpid() {
		t.Errorf("it is process %s, this is %d, %v", fragment.HTML.Data, os.Getpid(), err)
	}
}

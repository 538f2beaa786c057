package site_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/installed"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// A process comes in by the consent that the command line on the server gives, and by nothing else; what else is in the data
// folder does not make it run.
func TestProcessesAreInstalledByConsentAlone(t *testing.T) {
	packed, err := kernel.PackBlock(t.Context(), t.TempDir(), "testdata/teller")
	if err != nil {
		t.Fatal(err)
	}
	s, err := site.Open(t.Context(), site.Config{Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	archive, err := s.Blocks.Add(t.Context(), bytes.NewReader(packed.Data))
	if err != nil {
		t.Fatal(err)
	}
	everything := installed.Consent{Unsigned: true, Downgrade: true, Reused: true, Wider: true, Broken: true}
	if _, err := s.Blocks.Install(t.Context(), installed.Order{Archive: archive, Consent: everything}); err == nil || !strings.Contains(err.Error(), "it can read all this server can") {
		t.Fatalf("without consent to a process: %v", err)
	}
	if _, err := s.Registry.Lookup("teller"); err == nil {
		t.Error("it is there all the same")
	}
	trial, err := s.Blocks.Try(t.Context(), archive)
	if err != nil || !trial.Skipped {
		t.Errorf("a trial: %+v, %v", trial, err)
	}
	everything.Process = true
	done, err := s.Blocks.Install(t.Context(), installed.Order{Archive: archive, Consent: everything})
	if err != nil || done.Trouble != "" {
		t.Fatalf("with consent: %+v, %v", done, err)
	}
	version, err := s.Registry.Lookup("teller")
	if err != nil {
		t.Fatal(err)
	}
	conn, leave, err := version.Use(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer leave()
	frame, err := wire.EncodeRequest(wire.Request{ABI: wire.ABI, Op: wire.OpRender, Context: wire.Context{Block: "teller"}},
		&wire.RenderRequest{View: wire.ViewLearner})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Call(t.Context(), engine.Call{Frame: frame}); err != nil {
		t.Error(err)
	}
}

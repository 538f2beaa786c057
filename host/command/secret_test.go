package command

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/site"
)

func TestSecrets(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	run := func(input string, args ...string) outcome {
		return call(t, input, append([]string{"secret", args[0], "--data", data}, args[1:]...)...)
	}
	run("", "list").want(t, 0, "no secrets are set")
	run("canary\n", "set", "external/token", "--host", "API.example.org").want(t, 0, "kept external/token for api.example.org")
	run("canary\n", "set", "external/signing").want(t, 0, "kept external/signing, to sign and verify with")
	run("", "set", "external/token").want(t, 1, "first line of the input must be the secret")
	run("x\n", "set", "external").want(t, 1, "PACKAGE/HANDLE")
	run("x\n", "set", "external/token", "--host", "https://x").want(t, 1, "host")
	run("x\n", "set").want(t, 2, "usage: quoin secret set")
	listed := run("", "list")
	listed.want(t, 0, "external/token for api.example.org, set 20")
	if strings.Contains(listed.out+listed.err, "canary") {
		t.Error("a secret is shown")
	}
	inspectSite(t, data, func(ctx context.Context, s *site.Site) {
		value, host, err := s.Secrets.Open(ctx, "external", "token")
		if err != nil || string(value) != "canary" || host != "api.example.org" {
			t.Errorf("%q for %q, %v", value, host, err)
		}
	})
	run("", "remove", "external/token").want(t, 0, "removed external/token")
	run("", "remove", "external/token").want(t, 1, "no such secret")
}

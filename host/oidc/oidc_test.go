package oidc

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/outbound"
)

func TestConfigCheck(t *testing.T) {
	good := Config{Name: "uni", Issuer: "https://id.example.org", ClientID: "x"}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Config){
		"a name with a slash": func(c *Config) { c.Name = "a/b" },
		"no name":             func(c *Config) { c.Name = "" },
		"http":                func(c *Config) { c.Issuer = "http://id.example.org" },
		"no host":             func(c *Config) { c.Issuer = "https:///x" },
		"a query":             func(c *Config) { c.Issuer = "https://id.example.org?x" },
		"no client":           func(c *Config) { c.ClientID = "" },
		"a script":            func(c *Config) { c.Issuer, c.Private = "javascript://id.example.org", true },
	} {
		c := good
		change(&c)
		if c.Check() == nil {
			t.Errorf("%s is taken", name)
		}
	}
	good.Issuer, good.Private = "http://127.0.0.1:1", true
	if err := good.Check(); err != nil {
		t.Error(err)
	}
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	reached := false
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer inside.Close()
	for _, address := range []string{inside.URL, strings.Replace(inside.URL, "127.0.0.1", "localhost", 1)} {
		response, err := newClient(false).Get(address)
		if err == nil {
			response.Body.Close()
		}
		if !errors.Is(err, outbound.ErrPrivate) || reached {
			t.Errorf("%s: %v, reached %t", address, err, reached)
		}
	}
}

func TestAnswersAreBounded(t *testing.T) {
	elsewhere := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/long/.well-known/openid-configuration":
			w.Header().Set("Content-Type", "application/json")
			issuer := "http://" + r.Host + "/long"
			_, _ = w.Write([]byte(`{"issuer": "` + issuer + `", "authorization_endpoint": "` + issuer + `/go", "token_endpoint": "` + issuer + `/token", "jwks_uri": "` + issuer + `/keys"`))
			_, _ = w.Write([]byte(strings.Repeat(" ", 2<<20) + "}")) // well formed, if it were not so long
		case "/moved/.well-known/openid-configuration":
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		case "/elsewhere":
			elsewhere = true
		case "/scheme/.well-known/openid-configuration":
			w.Header().Set("Content-Type", "application/json")
			issuer := "http://" + r.Host + "/scheme"
			_, _ = w.Write([]byte(`{"issuer": "` + issuer + `", "authorization_endpoint": "javascript:alert(1)", "token_endpoint": "` + issuer + `/token", "jwks_uri": "` + issuer + `/keys"}`))
		}
	}))
	defer server.Close()
	for _, path := range []string{"/long", "/moved", "/scheme", "/none"} {
		p, err := New(Config{Name: "x", Issuer: server.URL + path, ClientID: "c", Private: true}, "http://a.example/back", nil)
		if err != nil {
			t.Fatal(err)
		}
		if address, _, err := p.Begin(t.Context()); err == nil || len(err.Error()) > 500 {
			t.Errorf("%s: %s, %v", path, address, err)
		}
	}
	if elsewhere {
		t.Error("a redirect was followed")
	}
}

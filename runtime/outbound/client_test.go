package outbound

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestPrivateAddressesAreRefused(t *testing.T) {
	for _, address := range []string{
		"127.0.0.1:80", "[::1]:80", "10.1.2.3:443", "192.168.0.1:443", "172.16.5.5:443", "169.254.169.254:80", "[fe80::1]:80", "[fc00::1]:80",
		"0.0.0.0:80", "100.64.1.1:80", "224.0.0.1:80", "[::ffff:127.0.0.1]:80", "[64:ff9b::7f00:1]:80", "[2002:7f00:1::]:80", "nonsense", "",
	} {
		if !errors.Is(checkAddress(address), ErrPrivate) {
			t.Errorf("%s is not refused", address)
		}
	}
	for _, address := range []string{"93.184.215.14:443", "[2606:4700::6810:84e5]:443"} {
		if err := checkAddress(address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestNoListenerOnThisMachineIsReached(t *testing.T) {
	reached := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer server.Close()
	for _, address := range []string{server.URL, strings.Replace(server.URL, "127.0.0.1", "localhost", 1)} { // a name that leads here
		response, err := Client(Config{Time: 5 * time.Second, Bytes: 100}).Get(address)
		if err == nil {
			_ = response.Body.Close()
		}
		if !errors.Is(err, ErrPrivate) || reached {
			t.Errorf("%s: %v, reached %v", address, err, reached)
		}
	}
}

func TestBoundsHold(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/long", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("x", 200)) })
	mux.HandleFunc("/on", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/on", http.StatusFound) })
	server := httptest.NewServer(mux)
	defer server.Close()
	client := Client(Config{Private: true, Time: 5 * time.Second, Bytes: 100, Redirects: 3})
	response, err := client.Get(server.URL + "/long")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(response.Body); !errors.Is(err, ErrLong) {
		t.Errorf("a long answer: %v", err)
	}
	_ = response.Body.Close()
	refused := func(client *http.Client, path string, want error) {
		t.Helper()
		response, err := client.Get(server.URL + path)
		if response != nil {
			_ = response.Body.Close()
		}
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", path, err, want)
		}
	}
	refused(client, "/on", ErrRedirects)
	refused(Client(Config{Private: true, Time: 5 * time.Second, Bytes: 100, Secure: true}), "/long", ErrInsecure)
}

func TestCredentialsStayWithTheirHost(t *testing.T) {
	got := make(chan string, 1)
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r.Header.Get("X-Api-Key") }))
	defer other.Close()
	server := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusFound))
	defer server.Close()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Api-Key", "secret")
	response, err := Client(Config{Private: true, Time: 5 * time.Second, Bytes: 100, Redirects: 1}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if key := <-got; key != "" {
		t.Errorf("another host got %q", key)
	}
}

package fakehost

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Asked is one outside request that was made, secrets filled in.
type Asked struct {
	wire.HTTPDo
	// Repeated says that the recorded reply was given and nobody was asked.
	Repeated bool
}

// answer is what an outside service answers from now on.
type answer struct {
	method, url string
	done        wire.HTTPDone
}

// Answer says what an outside service answers from now on; an URL that ends in * matches what starts so. Status 0 means
// that it cannot be reached.
func (w *World) Answer(method, url string, done wire.HTTPDone) {
	w.answers = slices.DeleteFunc(w.answers, func(a answer) bool { return a.method == method && a.url == url })
	w.answers = append(w.answers, answer{method, url, done})
}

// outside answers http.do: to hosts that the manifest names, once for each key of a job.
func (w *World) outside(a *asker, do *wire.HTTPDo) (any, error) {
	address, err := url.Parse(do.URL)
	if err != nil || address.Scheme != "https" || address.Host == "" {
		return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "%q is no https address", do.URL)
	}
	if !w.config.Permissions.Has(string(wire.ServiceHTTP), address.Host) {
		return nil, forbidden("block.json does not name the host %q under the permission http", address.Host)
	}
	if do.Key == "" {
		return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "an outside request needs a key, so that a call that runs again does not make it twice")
	}
	const longest = 30_000
	if do.Timeout < 0 || do.Timeout > longest {
		return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "timeout %d ms: at most %d", do.Timeout, longest)
	}
	asked := *do
	asked.Headers = maps.Clone(do.Headers)
	for name, value := range asked.Headers {
		if asked.Headers[name], err = w.fillIn(value, address.Host); err != nil {
			return nil, err
		}
	}
	key := digest(a.key, do.Key)
	if done, ok := w.repeated[key]; ok && a.key != "" {
		w.Asked = append(w.Asked, Asked{asked, true})
		return &done, nil
	}
	w.Asked = append(w.Asked, Asked{asked, false})
	done, err := w.ring(asked)
	if err == nil && !done.Passing() {
		w.repeated[key] = done
	}
	return &done, err
}

// ring asks whoever answers for the address.
func (w *World) ring(do wire.HTTPDo) (wire.HTTPDone, error) {
	for _, a := range w.answers {
		prefix, open := strings.CutSuffix(a.url, "*")
		if a.method == do.Method && (a.url == do.URL || open && strings.HasPrefix(do.URL, prefix)) {
			if a.done.Status == 0 {
				break
			}
			return a.done, nil
		}
	}
	if w.config.Outside != nil {
		return w.config.Outside(do)
	}
	return wire.HTTPDone{}, wire.Errorf(wire.CodeUnavailable, wire.BlameOutside, "%s %s cannot be reached", do.Method, do.URL)
}

// fillIn replaces {{secret:HANDLE}}, for the one host that the secret is for.
func (w *World) fillIn(value, host string) (string, error) {
	var filled strings.Builder
	for {
		before, rest, found := strings.Cut(value, "{{secret:")
		filled.WriteString(before)
		if !found {
			return filled.String(), nil
		}
		handle, after, closed := strings.Cut(rest, "}}")
		secret, known := w.secrets[handle]
		switch {
		case !closed:
			return "", wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "a header holds {{secret: without its end")
		case !known:
			return "", wire.Errorf(wire.CodeNotFound, wire.BlameOutside, "no secret has the handle %q", handle)
		case secret.Host != host:
			return "", forbidden("the secret %q is not for the host %q", handle, host)
		}
		filled.Write(secret.Value)
		value = after
	}
}

// checkLeave refuses to send a browser where the manifest does not say.
func (w *World) checkLeave(address string) error {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Scheme != "https" || !w.config.Permissions.Has("leave", parsed.Host) {
		return forbidden("block.json does not name the host of %q under the permission leave", address)
	}
	return nil
}

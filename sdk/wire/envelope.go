package wire

import "fmt"

// Request is the envelope of a call. The body travels beside it.
type Request struct {
	ABI     int     `json:"abi"`
	Op      Op      `json:"op"`
	Context Context `json:"context"`
}

// Context is what a block may know of a call beside its body. What an operation, view or handler did not declare to read
// is left out, so that equal calls are equal bytes.
type Context struct {
	// Block is the block type, for packages that carry several.
	Block string `json:"block"`
	// Run is the course run's key, or "" for a block of the whole site.
	Run string `json:"run,omitempty"`
	// Usage is the key of the block's place in the course.
	Usage string `json:"usage,omitempty"`
	// Address is the absolute address below which this usage's mounts are reached, without a slash at its end: what a block
	// tells to outside services. Tasks have it, views, handlers and mounts where usage is declared.
	Address string `json:"address,omitempty"`
	// Role is what the caller may act as here.
	Role Role `json:"role,omitempty"`
	// Groups are the caller's course roles, cohorts and content groups by name, where declared.
	Groups []string `json:"groups,omitempty"`
	// Subject is the pseudonym of the learner whom the call is about, stable within one course run.
	Subject string `json:"subject,omitempty"`
	// Caller is the pseudonym of who calls, when that is not the subject.
	Caller string `json:"caller,omitempty"`
	// Seed chooses the learner's variant: 0 to 999, see CONTRACT "Fields, settings, seed".
	Seed *int `json:"seed,omitempty"`
	// Now is the call's clock in milliseconds since 1970 UTC. 0 when not declared; WASI's clock then starts at 1970.
	Now int64 `json:"now,omitempty"`
	// Random is 32 hexadecimal digits that feed the call's generator and WASI's random_get, or "" for a fixed stream.
	Random string `json:"random,omitempty"`
	// Locale is a BCP 47 tag such as "en" or "ar".
	Locale string `json:"locale,omitempty"`
	// Zone is the caller's IANA time zone name, where the locale is declared.
	Zone string `json:"zone,omitempty"`
}

// Reply is the envelope of an answer: an error, or a body beside it.
type Reply struct {
	Error *Error `json:"error,omitempty"`
}

// EncodeRequest lays a request and its body into a frame. It numbers the body's blobs, so one body must not be encoded by
// two goroutines at once.
func EncodeRequest(request Request, body any) ([]byte, error) { return encode(request, body) }

// EncodeReply lays a reply into a frame. With an error the body is left out.
func EncodeReply(body any, failure *Error) ([]byte, error) {
	if failure != nil {
		body = nil
	}
	return encode(Reply{Error: failure}, body)
}

// Message is a decoded frame whose body still waits for the type that its operation names.
type Message struct{ segments [][]byte }

// DecodeRequest reads a request's envelope. It refuses frames beyond the limits and another ABI (CodeABI).
func DecodeRequest(frame []byte) (Request, Message, error) {
	var request Request
	segments, err := splitFrame(frame)
	if err != nil {
		return request, Message{}, err
	}
	if err := unmarshal(segments[segmentEnvelope], &request); err != nil {
		return request, Message{}, fmt.Errorf("%w: decoding request envelope: %w", ErrFrame, err)
	}
	if request.ABI != ABI {
		return request, Message{}, WrongABI(request.ABI)
	}
	return request, Message{segments}, nil
}

// DecodeReply reads a reply. When the block answered with an error, that error is returned as *Error and into stays as it is.
func DecodeReply(frame []byte, into any) error {
	segments, err := splitFrame(frame)
	if err != nil {
		return err
	}
	var reply Reply
	if err := unmarshal(segments[segmentEnvelope], &reply); err != nil {
		return fmt.Errorf("%w: decoding reply envelope: %w", ErrFrame, err)
	}
	if reply.Error != nil {
		return reply.Error
	}
	if into != nil && len(segments[segmentBody]) == 0 {
		return fmt.Errorf("%w: the reply holds neither a body nor an error", ErrFrame)
	}
	if err := decodeBody(segments, into); err != nil {
		return err
	}
	if verdict, ok := into.(*Verdict); ok {
		return unnumbered(segments[segmentBody], verdict)
	}
	return nil
}

// Body reads the message's body into a pointer to the operation's struct.
func (m Message) Body(into any) error { return decodeBody(m.segments, into) }

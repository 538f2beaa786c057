package sdk

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Serve implements [Block]. A panic of the author's code becomes an error of the block, natively as in a guest.
func (b *block[F, P, S]) Serve(host Host, frame []byte) (reply []byte) {
	defer func() {
		if cause := recover(); cause != nil {
			reply = failure(wire.Errorf(wire.CodeTrap, wire.BlameBlock, "the block panicked: %v", cause))
		}
	}()
	request, message, err := wire.DecodeRequest(frame)
	if err != nil {
		return failure(err)
	}
	call := &Call{Context: request.Context, Op: request.Op, host: host, catalogue: b.spec.Catalogue}
	body, err := b.dispatch(call, message)
	if err != nil {
		return failure(err)
	}
	encoded, err := wire.EncodeReply(body, nil)
	if err != nil {
		return failure(wire.Errorf(wire.CodeTooLarge, wire.BlameBlock, "encoding the reply to %s: %v", request.Op, err))
	}
	return encoded
}

// failure encodes an error; what is not a *wire.Error is a defect of the block.
func failure(err error) []byte {
	var known *wire.Error
	if !errors.As(err, &known) {
		known = wire.Errorf(wire.CodeInternal, wire.BlameBlock, "%v", err)
	}
	frame, err := wire.EncodeReply(nil, known)
	if err != nil { // a message beyond every limit
		frame, _ = wire.EncodeReply(nil, wire.Errorf(known.Code, known.Blame, "the error's message was too large"))
	}
	return frame
}

// on reads the operation's request and hands it to run.
func on[R any](run func(*Call, *R) (any, error)) operation {
	return func(c *Call, m wire.Message) (any, error) {
		request := new(R)
		if err := m.Body(request); err != nil {
			return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameHost, "%v", err)
		}
		return run(c, request)
	}
}

// prepared reads a prepared value; an absent one is the zero value.
func prepared[V any](blob wire.Blob) (V, error) {
	var value V
	if len(blob.Data) == 0 {
		return value, nil
	}
	// A type that reads itself spares its calls the two passes that encoding/json makes before it asks.
	var err error
	if own, ok := any(&value).(json.Unmarshaler); ok {
		err = own.UnmarshalJSON(blob.Data)
	} else {
		err = json.Unmarshal(blob.Data, &value)
	}
	if err != nil {
		return value, wire.Errorf(wire.CodeInternal, wire.BlameBlock, "reading a prepared value: %v", err)
	}
	return value, nil
}

func both[P, S any](public, secret wire.Blob) (P, S, error) {
	p, err := prepared[P](public)
	if err != nil {
		var s S
		return p, s, err
	}
	s, err := prepared[S](secret)
	return p, s, err
}

func blob(value any) (wire.Blob, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return wire.Blob{}, fmt.Errorf("encoding a prepared value: %w", err)
	}
	if string(data) == "{}" {
		return wire.Blob{}, nil
	}
	return wire.Blob{Data: data}, nil
}

func (b *block[F, P, S]) dispatch(c *Call, m wire.Message) (any, error) {
	if c.Op == wire.OpDescribe {
		return b.description, nil
	}
	serve, ok := b.serving[c.Op]
	if !ok {
		return nil, wire.Errorf(wire.CodeUnsupported, wire.BlameHost, "this block does not implement %s", c.Op)
	}
	return serve(c, m)
}

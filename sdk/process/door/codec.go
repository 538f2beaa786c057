package door

import (
	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/proto" // the codec of go-plugin's own services
	"google.golang.org/grpc/mem"
)

// Codec carries a [Message] as its bytes and leaves every other message to protobuf, so that go-plugin's own services (health,
// shutdown) work beside the block's on one server. Use it with grpc.ForceServerCodecV2 and grpc.ForceCodecV2.
type Codec struct{}

// Marshal implements encoding.CodecV2. The body is copied, for gRPC may send it after SendMsg has returned.
func (Codec) Marshal(v any) (mem.BufferSlice, error) {
	m, ok := v.(*Message)
	if !ok {
		return protobuf().Marshal(v)
	}
	out := mem.BufferSlice{mem.SliceBuffer(m.head())}
	if len(m.Body) > 0 {
		out = append(out, mem.Copy(m.Body, mem.DefaultBufferPool()))
	}
	return out, nil
}

// Unmarshal implements encoding.CodecV2. The message gets bytes of its own.
func (Codec) Unmarshal(data mem.BufferSlice, v any) error {
	m, ok := v.(*Message)
	if !ok {
		return protobuf().Unmarshal(data, v)
	}
	return m.Decode(data.Materialize())
}

// Name implements encoding.CodecV2. It is protobuf's, which is gRPC's default content type: other languages need no setting.
func (Codec) Name() string { return "proto" }

func protobuf() encoding.CodecV2 { return encoding.GetCodecV2("proto") }

// Compile-time guards.
var _ encoding.CodecV2 = Codec{}

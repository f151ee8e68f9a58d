package payloads

import (
	"encoding/binary"
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"
)

const (
	// sealedEncoding is the encoding of a sealed payload: its data are a nonce and, by
	// AES-256-GCM, the payload that was sealed, metadata and all.
	sealedEncoding = "binary/longstop-aes256gcm"
	// keyMetadata is where a sealed payload says which key opens it.
	keyMetadata = "longstop-key"
)

// codec seals and opens the payloads of one namespace. It implements converter.PayloadCodec.
//
// A payload is bound to its namespace and not to its workflow: what shows payloads to an
// admin (see the SDK's codec endpoint) is not told whose they are, and the context that the
// SDK hands to a codec has changed from release to release.
type codec struct {
	keys      *Keys
	namespace string
}

// Encode seals each payload, where there is a key.
func (c *codec) Encode(list []*commonpb.Payload) ([]*commonpb.Payload, error) {
	if !c.keys.Seal() {
		return list, nil
	}
	sealed := make([]*commonpb.Payload, len(list))
	for i, p := range list {
		plain, err := proto.Marshal(p)
		if err != nil {
			return nil, fmt.Errorf("sealing a payload: %w", err)
		}
		id := c.keys.seal
		sealed[i] = &commonpb.Payload{
			Metadata: map[string][]byte{converter.MetadataEncoding: []byte(sealedEncoding), keyMetadata: []byte(id)},
			Data:     c.keys.open[id].Seal(nil, nil, plain, c.bound(id)),
		}
	}
	return sealed, nil
}

// Decode opens each payload that is sealed. Those that the SDK's own converters have made
// are in the clear and pass; where there are keys, any other is an error.
func (c *codec) Decode(list []*commonpb.Payload) ([]*commonpb.Payload, error) {
	opened := make([]*commonpb.Payload, len(list))
	for i, p := range list {
		var err error
		if opened[i], err = c.open(p); err != nil {
			return nil, err
		}
	}
	return opened, nil
}

func (c *codec) open(p *commonpb.Payload) (*commonpb.Payload, error) {
	switch encoding := string(p.GetMetadata()[converter.MetadataEncoding]); encoding {
	case sealedEncoding:
		return c.unseal(p)
	case converter.MetadataEncodingNil, converter.MetadataEncodingBinary, converter.MetadataEncodingJSON,
		converter.MetadataEncodingProtoJSON, converter.MetadataEncodingProto:
		return p, nil
	default:
		if !c.keys.Seal() {
			return p, nil // the SDK says what it makes of it
		}
		return nil, fmt.Errorf("a payload has the encoding %q, which this release neither writes nor reads", encoding)
	}
}

func (c *codec) unseal(p *commonpb.Payload) (*commonpb.Payload, error) {
	id := string(p.GetMetadata()[keyMetadata])
	key := c.keys.open[id]
	if key == nil {
		return nil, fmt.Errorf("a payload is sealed with the key %q, which %s does not hold: give this program every key that was ever used", id, Setting)
	}
	if len(p.GetData()) < key.Overhead() {
		return nil, fmt.Errorf("a payload that is sealed with the key %q has been cut short", id)
	}
	plain, err := key.Open(nil, nil, p.GetData(), c.bound(id))
	if err != nil {
		return nil, fmt.Errorf("a payload cannot be opened with the key %q: it was sealed with another key of that id or in another namespace than %s, or has been changed", id, c.namespace)
	}
	opened := &commonpb.Payload{}
	if err := proto.Unmarshal(plain, opened); err != nil {
		return nil, fmt.Errorf("what the key %q opens is not a payload: %w", id, err)
	}
	return opened, nil
}

// bound is the additional data: each part with its length before it, so that no two lists
// of parts look alike.
func (c *codec) bound(id string) []byte {
	var data []byte
	for _, part := range []string{sealedEncoding, id, c.namespace} {
		data = binary.BigEndian.AppendUint32(data, uint32(len(part)))
		data = append(data, part...)
	}
	return data
}

// blocking is the codec inside of workflows. There an error would end the workflow, or drop
// a signal for good; a panic blocks the task, by the worker's panic policy, until a worker
// that has the key takes it.
type blocking struct{ converter.PayloadCodec }

// Encode panics where the codec returns an error.
func (b blocking) Encode(list []*commonpb.Payload) ([]*commonpb.Payload, error) {
	return orPanic(b.PayloadCodec.Encode(list))
}

// Decode panics where the codec returns an error.
func (b blocking) Decode(list []*commonpb.Payload) ([]*commonpb.Payload, error) {
	return orPanic(b.PayloadCodec.Decode(list))
}

func orPanic(list []*commonpb.Payload, err error) ([]*commonpb.Payload, error) {
	if err != nil {
		panic(err.Error())
	}
	return list, nil
}

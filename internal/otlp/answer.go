package otlp

import (
	"encoding/json"
	"strconv"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
)

// AppendAnswer appends the answer to an export, ExportTraceServiceResponse or ExportLogsServiceResponse, and returns the
// longer slice. rejected is how many spans or log records were not taken; with a message and none of them it is a warning,
// and with neither the answer is empty, as the protocol wants for a full success.
func AppendAnswer(dst []byte, enc Encoding, logs bool, rejected int64, message string) []byte {
	message = strings.ToValidUTF8(message, "\uFFFD")
	if enc == JSON {
		return appendJSONAnswer(dst, logs, rejected, message)
	}
	var partial []byte
	if rejected != 0 {
		partial = protowire.AppendTag(partial, 1, protowire.VarintType)
		partial = protowire.AppendVarint(partial, uint64(rejected))
	}
	partial = appendText(partial, 2, message)
	if len(partial) == 0 {
		return dst
	}
	return protowire.AppendBytes(protowire.AppendTag(dst, 1, protowire.BytesType), partial)
}

func appendJSONAnswer(dst []byte, logs bool, rejected int64, message string) []byte {
	if rejected == 0 && message == "" {
		return append(dst, '{', '}')
	}
	name := "rejectedSpans"
	if logs {
		name = "rejectedLogRecords"
	}
	dst = append(dst, `{"partialSuccess":{`...)
	if rejected != 0 {
		dst = append(dst, `"`+name+`":"`+strconv.FormatInt(rejected, 10)+`"`...)
		if message != "" {
			dst = append(dst, ',')
		}
	}
	if message != "" {
		dst = append(append(dst, `"errorMessage":`...), quoted(message)...)
	}
	return append(dst, '}', '}')
}

// Codes of google.rpc.Status, those that a receiver of exports has use for.
const (
	CodeInvalidArgument   = 3
	CodeResourceExhausted = 8
	CodeUnavailable       = 14
)

// AppendError appends the google.rpc.Status that the body of an answer with an error must be, and returns the longer slice.
func AppendError(dst []byte, enc Encoding, code int32, message string) []byte {
	message = strings.ToValidUTF8(message, "\uFFFD")
	if enc == JSON {
		dst = append(dst, `{"code":`...)
		dst = strconv.AppendInt(dst, int64(code), 10)
		return append(append(append(dst, `,"message":`...), quoted(message)...), '}')
	}
	dst = protowire.AppendTag(dst, 1, protowire.VarintType)
	dst = protowire.AppendVarint(dst, uint64(int64(code)))
	return appendText(dst, 2, message)
}

func appendText(dst []byte, num protowire.Number, text string) []byte {
	if text == "" {
		return dst
	}
	return protowire.AppendString(protowire.AppendTag(dst, num, protowire.BytesType), text)
}

func quoted(text string) []byte {
	b, err := json.Marshal(text)
	if err != nil {
		return []byte(`""`) // a string always has JSON
	}
	return b
}

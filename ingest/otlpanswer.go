package ingest

import "github.com/genmeter/genmeter/internal/otlp"

// Codes for [AppendOTLPError]: what google.rpc.Status says beside the HTTP statuses 400, 413 and 429, and 503.
const (
	OTLPInvalid     int32 = otlp.CodeInvalidArgument
	OTLPTooMuch     int32 = otlp.CodeResourceExhausted
	OTLPUnavailable int32 = otlp.CodeUnavailable
)

// AppendOTLPTraces appends the body of the answer to an export of traces, of which so many spans were rejected, and returns
// the longer slice. A message without rejected spans is a warning; without either the answer says full success, and is
// empty in protobuf. It is in the encoding of the request, as the protocol demands.
func AppendOTLPTraces(dst []byte, enc OTLPEncoding, rejected int, message string) []byte {
	return otlp.AppendAnswer(dst, enc, false, int64(rejected), message)
}

// AppendOTLPLogs is [AppendOTLPTraces] for an export of logs.
func AppendOTLPLogs(dst []byte, enc OTLPEncoding, rejected int, message string) []byte {
	return otlp.AppendAnswer(dst, enc, true, int64(rejected), message)
}

// AppendOTLPError appends the body of an answer with an HTTP error, a google.rpc.Status with one of the codes above, and
// returns the longer slice.
func AppendOTLPError(dst []byte, enc OTLPEncoding, code int32, message string) []byte {
	return otlp.AppendError(dst, enc, code, message)
}

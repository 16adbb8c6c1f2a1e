package ingest_test

import (
	"encoding/json"
	"testing"

	collogspb "go.opentelemetry.io/proto/slim/otlp/collector/logs/v1"
	coltracepb "go.opentelemetry.io/proto/slim/otlp/collector/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/genmeter/genmeter/ingest"
)

// TestOTLPAnswers: OTLP's own messages read what is answered.
func TestOTLPAnswers(t *testing.T) {
	for _, test := range []struct {
		rejected int
		message  string
	}{{0, ""}, {3, ""}, {0, "a \"warning\"\xff\n"}, {1 << 40, "çok"}} {
		for _, enc := range []ingest.OTLPEncoding{ingest.OTLPProtobuf, ingest.OTLPJSON} {
			parse := proto.Unmarshal
			if enc == ingest.OTLPJSON {
				parse = protojson.Unmarshal
			}
			var tr coltracepb.ExportTraceServiceResponse
			var lo collogspb.ExportLogsServiceResponse
			if err := parse(ingest.AppendOTLPTraces(nil, enc, test.rejected, test.message), &tr); err != nil {
				t.Fatal(err)
			}
			if err := parse(ingest.AppendOTLPLogs(nil, enc, test.rejected, test.message), &lo); err != nil {
				t.Fatal(err)
			}
			want := test.message
			if want != "" && want[0] == 'a' {
				want = "a \"warning\"\uFFFD\n"
			}
			if p := tr.GetPartialSuccess(); p.GetRejectedSpans() != int64(test.rejected) || p.GetErrorMessage() != want || (p == nil) != (test.rejected == 0 && want == "") {
				t.Errorf("%v: %v", test, p)
			}
			if p := lo.GetPartialSuccess(); p.GetRejectedLogRecords() != int64(test.rejected) || p.GetErrorMessage() != want {
				t.Errorf("%v: %v", test, p)
			}
		}
	}
}

// TestOTLPErrors: the body of an error is a google.rpc.Status: code is field 1, message field 2.
func TestOTLPErrors(t *testing.T) {
	var status struct {
		Code    int32
		Message string
	}
	body := ingest.AppendOTLPError([]byte(" "), ingest.OTLPJSON, ingest.OTLPInvalid, "byte 1: \"x\"")
	if err := json.Unmarshal(body, &status); err != nil || status.Code != 3 || status.Message != `byte 1: "x"` {
		t.Errorf("%v %+v", err, status)
	}
	body = ingest.AppendOTLPError(nil, ingest.OTLPProtobuf, ingest.OTLPUnavailable, "full")
	num, typ, n := protowire.ConsumeTag(body)
	code, m := protowire.ConsumeVarint(body[n:])
	if num != 1 || typ != protowire.VarintType || code != 14 {
		t.Errorf("% x", body)
	}
	num, typ, k := protowire.ConsumeTag(body[n+m:])
	message, end := protowire.ConsumeString(body[n+m+k:])
	if num != 2 || typ != protowire.BytesType || message != "full" || n+m+k+end != len(body) {
		t.Errorf("% x", body)
	}
}

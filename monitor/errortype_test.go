package monitor

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// TestClassifyErrorTexts has texts as clients and providers write them.
func TestClassifyErrorTexts(t *testing.T) {
	for text, want := range map[string]ErrorType{
		// OpenAI's Python client.
		"Request timed out.": ErrorTimeout,
		"Connection error.":  ErrorConnection,
		"Error code: 429 - {'error': {'message': 'Rate limit reached for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Used 29500, Requested 1401.', 'type': 'tokens', 'param': None, 'code': 'rate_limit_exceeded'}}":                       ErrorRateLimit,
		"Error code: 429 - {'error': {'message': 'You exceeded your current quota, please check your plan and billing details.', 'type': 'insufficient_quota'}}":                                                                                                  ErrorRateLimit,
		"Error code: 401 - {'error': {'message': 'Incorrect API key provided: sk-x500x.', 'type': 'invalid_request_error', 'param': None, 'code': 'invalid_api_key'}}":                                                                                            ErrorAuth,
		"Error code: 400 - {'error': {'message': \"This model's maximum context length is 8192 tokens. However, you requested 9500 tokens (500 in the messages, 9000 in the completion).\", 'type': 'invalid_request_error', 'code': 'context_length_exceeded'}}": ErrorInvalidRequest,
		"Error code: 404 - {'error': {'message': 'The model `gpt-5x` does not exist or you do not have access to it.', 'type': 'invalid_request_error'}}":                                                                                                         ErrorInvalidRequest,
		"Error code: 500 - {'error': {'message': 'The server had an error while processing your request. Sorry about that!', 'type': 'server_error'}}":                                                                                                            ErrorServer,
		"Error code: 503 - {'error': {'message': 'The engine is currently overloaded, please try again later'}}":                                                                                                                                                  ErrorServer,
		"Incorrect API key provided": ErrorAuth,
		"Error code: 400 - {'error': {'message': 'The response was filtered due to the prompt triggering Azure OpenAI\\'s content management policy.', 'code': 'content_filter', 'status': 400}}": ErrorContentFilter,
		// Anthropic.
		"Error code: 529 - {'type': 'error', 'error': {'type': 'overloaded_error', 'message': 'Overloaded'}}":                                           ErrorServer,
		"Error code: 401 - {'type': 'error', 'error': {'type': 'authentication_error', 'message': 'invalid x-api-key'}}":                                ErrorAuth,
		"Error code: 400 - {'type': 'error', 'error': {'type': 'invalid_request_error', 'message': 'messages: text content blocks must be non-empty'}}": ErrorInvalidRequest,
		"Error code: 413 - {'type': 'error', 'error': {'type': 'request_too_large', 'message': 'Request exceeds the maximum size'}}":                    ErrorInvalidRequest,
		"Output blocked by content filtering policy": ErrorContentFilter,
		// Gemini.
		"429 RESOURCE_EXHAUSTED: quota exceeded for quota metric":                                                         ErrorRateLimit,
		"429 RESOURCE_EXHAUSTED. {'error': {'code': 429, 'message': 'Resource has been exhausted (e.g. check quota).'}}":  ErrorRateLimit,
		"503 UNAVAILABLE. {'error': {'code': 503, 'message': 'The model is overloaded. Please try again later.'}}":        ErrorServer,
		"504 DEADLINE_EXCEEDED. {'error': {'code': 504, 'message': 'Deadline expired before operation could complete.'}}": ErrorTimeout,
		"400 INVALID_ARGUMENT. {'error': {'code': 400, 'message': 'Invalid JSON payload received. Unknown name \"x\"'}}":  ErrorInvalidRequest,
		"400 INVALID_ARGUMENT. {'error': {'code': 400, 'message': 'API key not valid. Please pass a valid API key.'}}":    ErrorAuth,
		"403 PERMISSION_DENIED. {'error': {'code': 403, 'message': 'Permission denied on resource project x.'}}":          ErrorAuth,
		"Response was blocked: finish_reason SAFETY":                                                                      ErrorContentFilter,
		// LiteLLM.
		"litellm.RateLimitError: RateLimitError: OpenAIException - Rate limit reached":                                ErrorRateLimit,
		"litellm.Timeout: APITimeoutError - Request timed out. Error_str: Request timed out.":                         ErrorTimeout,
		"litellm.InternalServerError: AnthropicException - Overloaded":                                                ErrorServer,
		"litellm.ContentPolicyViolationError: AzureException - your request was rejected":                             ErrorContentFilter,
		"litellm.BadRequestError: OpenAIException - Unrecognized request argument":                                    ErrorInvalidRequest,
		"litellm.NotFoundError: OpenAIException - model missing":                                                      ErrorInvalidRequest,
		"litellm.APIConnectionError: Ollama_chatException - [Errno 111] Connection refused":                           ErrorConnection,
		"litellm.ContextWindowExceededError: This model's maximum context length is 4097 tokens, you asked for 4290.": ErrorInvalidRequest,
		// vLLM and httpx.
		"Server disconnected without sending a response.":                                        ErrorConnection,
		"peer closed connection without sending complete message body (incomplete chunked read)": ErrorConnection,
		"All connection attempts failed":                                                         ErrorConnection,
		"[Errno -2] Name or service not known":                                                   ErrorConnection,
		"[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer": ErrorConnection,
		"The read operation timed out":                                                           ErrorTimeout,
		"Server error '502 Bad Gateway' for url 'http://127.0.0.1:8000/v1/chat/completions'":     ErrorServer,
		"Client error '422 Unprocessable Entity' for url 'http://127.0.0.1:8000/v1/completions'": ErrorInvalidRequest,
		"HTTP 429 Too Many Requests":                                                             ErrorRateLimit,
		"503 Service Unavailable":                                                                ErrorServer,
		// Go.
		`Post "https://api.openai.com/v1/chat/completions": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`: ErrorTimeout,
		"dial tcp 127.0.0.1:8000: connect: connection refused":                                                                          ErrorConnection,
		"dial tcp: lookup api.example.com: no such host":                                                                                ErrorConnection,
		"dial tcp 10.0.0.1:443: i/o timeout":                                                                                            ErrorTimeout,
		"read tcp 10.0.0.5:50312->104.18.6.192:443: read: connection reset by peer":                                                     ErrorConnection,
		`Post "http://127.0.0.1:500/v1": EOF`:                                                                                           ErrorConnection,
		"tls: failed to verify certificate: x509: certificate signed by unknown authority":                                              ErrorConnection,
		"unexpected status code 500: upstream":                                                                                          ErrorServer,
		// Parsing what the model wrote.
		"Expecting value: line 1 column 1 (char 0)":                              ErrorParse,
		"Invalid control character at: line 1 column 500 (char 499)":             ErrorParse,
		"Expecting ',' delimiter: line 3 column 429 (char 1401)":                 ErrorParse,
		"1 validation error for Answer\nscore\n  Input should be a valid number": ErrorParse,
		"invalid character '<' looking for beginning of value: cannot unmarshal": ErrorParse,
		// Anything else.
		"the judge fell asleep":               ErrorOther,
		"used 14290 tokens of 5001, not 4011": ErrorOther,
		"context canceled":                    ErrorOther,
		"":                                    ErrorOther,
	} {
		if got := ClassifyError("", text); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

// BenchmarkClassifyError has a text that no word decides: each of them is looked for.
func BenchmarkClassifyError(b *testing.B) {
	text := strings.Repeat("The judge fell asleep while it read 4711 pages. ", 22)
	for b.Loop() {
		ClassifyError("", text)
	}
}

func TestHTTPStatus(t *testing.T) {
	for text, want := range map[string]string{
		"http/1.1 503 service unavailable": "", // words decide: the version stands between
		"http 503":                         "503", "503 service unavailable": "503", "  '429'": "429", "error code: 404 - x": "404",
		"{'code': 429}": "429", `{"status":500}`: "500", "status_code=502": "502", "(status code: 401)": "401",
		"error 5003": "", "error 500ms": "", "code4000": "", "code500": "", "port 500": "", "line 1 column 500": "",
		"used 429 tokens": "", "40": "", "": "", "error 200": "", "error 300 then error 500": "500",
	} {
		if got := httpStatus(text); got != want {
			t.Errorf("the status in %q is %q, want %q", text, got, want)
		}
	}
}

func TestClassifyErrorTypes(t *testing.T) {
	for _, test := range []struct {
		errorType, text string
		want            ErrorType
	}{
		{"timeout", "", ErrorTimeout},
		{"timeout", "429", ErrorTimeout}, // the type decides
		{"RateLimitError", "x", ErrorRateLimit},
		{"openai.APITimeoutError", "", ErrorTimeout},
		{"httpx.ConnectError", "", ErrorConnection},
		{"json.decoder.JSONDecodeError", "", ErrorParse},
		{"google.genai.errors.ServerError", "", ErrorServer},
		{"AuthenticationError", "", ErrorAuth},
		{"BadRequestError", "", ErrorInvalidRequest},
		{"ContentPolicyViolationError", "", ErrorContentFilter},
		{"builtins.ValueError", "Expecting value: line 1", ErrorParse}, // says nothing: the text decides
		{"ValueError", "", ErrorOther},
		{"other", "Connection error.", ErrorConnection},
		{"other", "", ErrorOther},
		{"other", "odd", ErrorOther},
	} {
		if got := ClassifyError(test.errorType, test.text); got != test.want {
			t.Errorf("%q with %q is %s, want %s", test.errorType, test.text, got, test.want)
		}
	}
	for _, class := range errorTypes {
		if got := ClassifyError(string(class), "whatever"); got != class && class != ErrorOther {
			t.Errorf("class %s is %s", class, got)
		}
	}
}

// TestClassifyErrorOfAfterimage holds the texts of a recorded run to the classes that its truth names.
func TestClassifyErrorOfAfterimage(t *testing.T) {
	data, err := os.ReadFile("testdata/afterimage-errors.json") // errors and error_types of afterimage-quirks/truth.json
	if err != nil {
		t.Fatal(err)
	}
	var truth struct {
		Errors     map[string]int    `json:"errors"`
		ErrorTypes map[ErrorType]int `json:"error_types"`
	}
	if err := json.Unmarshal(data, &truth); err != nil {
		t.Fatal(err)
	}
	got := make(map[ErrorType]int)
	for text, n := range truth.Errors {
		got[ClassifyError("", text)] += n
	}
	for class, n := range truth.ErrorTypes {
		if got[class] != n {
			t.Errorf("%d of class %s, want %d", got[class], class, n)
		}
	}
}

func TestErrorClassOfAnEvent(t *testing.T) {
	for _, test := range []struct {
		e    Event
		want ErrorType
	}{
		{Event{Success: true, Error: "429"}, ""},
		{Event{}, ""},
		{Event{Error: "HTTP 429"}, ErrorRateLimit},
		{Event{ErrorType: "parse"}, ErrorParse},
		{Event{ErrorType: "MyError", Error: "nothing known"}, ErrorOther},
	} {
		if got := test.e.ErrorClass(); got != test.want {
			t.Errorf("%+v is %q, want %q", test.e, got, test.want)
		}
	}
}

// FuzzClassifyError: whatever the text, the label is of the closed set.
func FuzzClassifyError(f *testing.F) {
	f.Add("RateLimitError", "Error code: 429")
	f.Add("..", "\xff500")
	f.Fuzz(func(t *testing.T, errorType, text string) {
		class := ClassifyError(errorType, text)
		for _, c := range errorTypes {
			if c == class {
				return
			}
		}
		t.Errorf("class %q is not of the closed set", class)
	})
}

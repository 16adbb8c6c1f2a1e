package monitor

import "strings"

// ErrorType is the class of a failure: one of the Error… constants. Any other text given as an ErrorType is kept in
// ring and files; its label comes from [ClassifyError].
type ErrorType string

// The closed set of failure classes, the values of the error_type label.
const (
	ErrorTimeout        ErrorType = "timeout"
	ErrorRateLimit      ErrorType = "rate_limit"
	ErrorConnection     ErrorType = "connection"
	ErrorContentFilter  ErrorType = "content_filter"
	ErrorInvalidRequest ErrorType = "invalid_request"
	ErrorAuth           ErrorType = "auth"
	ErrorServer         ErrorType = "server_error"
	ErrorParse          ErrorType = "parse"
	ErrorOther          ErrorType = "other"
)

// errorTypes are the classes in the order of their index in a series.
var errorTypes = [...]ErrorType{
	ErrorTimeout, ErrorRateLimit, ErrorConnection, ErrorContentFilter, ErrorInvalidRequest, ErrorAuth, ErrorServer,
	ErrorParse, ErrorOther,
}

// knownErrorTypes maps classes and the exception names of common clients (lower case, without their module and
// without a trailing "error" or "exception") to a class.
var knownErrorTypes = map[string]ErrorType{
	"timeout": ErrorTimeout, "apitimeout": ErrorTimeout, "readtimeout": ErrorTimeout, "connecttimeout": ErrorTimeout,
	"writetimeout": ErrorTimeout, "pooltimeout": ErrorTimeout, "deadlineexceeded": ErrorTimeout, "timedout": ErrorTimeout,
	"rate_limit": ErrorRateLimit, "ratelimit": ErrorRateLimit, "resourceexhausted": ErrorRateLimit,
	"toomanyrequests": ErrorRateLimit, "quotaexceeded": ErrorRateLimit, "throttling": ErrorRateLimit,
	"connection": ErrorConnection, "apiconnection": ErrorConnection, "connect": ErrorConnection,
	"connectionreset": ErrorConnection, "connectionrefused": ErrorConnection, "network": ErrorConnection,
	"remoteprotocol": ErrorConnection, "read": ErrorConnection, "clientconnector": ErrorConnection,
	"content_filter": ErrorContentFilter, "contentfilter": ErrorContentFilter, "contentfilterfinishreason": ErrorContentFilter,
	"contentpolicyviolation": ErrorContentFilter, "blockedprompt": ErrorContentFilter,
	"invalid_request": ErrorInvalidRequest, "invalidrequest": ErrorInvalidRequest, "badrequest": ErrorInvalidRequest,
	"notfound": ErrorInvalidRequest, "unprocessableentity": ErrorInvalidRequest, "invalidargument": ErrorInvalidRequest,
	"contextwindowexceeded": ErrorInvalidRequest,
	"auth":                  ErrorAuth, "authentication": ErrorAuth, "permissiondenied": ErrorAuth, "unauthenticated": ErrorAuth,
	"unauthorized": ErrorAuth, "forbidden": ErrorAuth, "permission": ErrorAuth,
	"server_error": ErrorServer, "server": ErrorServer, "internalserver": ErrorServer, "serviceunavailable": ErrorServer,
	"badgateway": ErrorServer, "overloaded": ErrorServer, "internal": ErrorServer,
	"parse": ErrorParse, "jsondecode": ErrorParse, "outputparser": ErrorParse, "validation": ErrorParse,
	"other": ErrorOther,
}

// errorTexts are looked for in the text of an error, in this order: the first that occurs decides.
var errorTexts = []struct {
	class ErrorType
	words []string
}{
	{ErrorTimeout, []string{"timed out", "timeout", "time out", "deadline exceeded", "deadline_exceeded", "408"}},
	{ErrorRateLimit, []string{"rate limit", "rate_limit", "ratelimit", "too many requests", "resource_exhausted", "resource exhausted", "quota", "throttl", "429"}},
	{ErrorContentFilter, []string{"content filter", "content_filter", "content policy", "content management policy", "safety", "blocked"}},
	{ErrorAuth, []string{"api key", "api_key", "unauthorized", "unauthenticated", "authentication", "permission denied", "permission_denied", "forbidden", "401", "403"}},
	{ErrorConnection, []string{"connection", "connect:", "no such host", "name resolution", "unreachable", "broken pipe", "unexpected eof", "getaddrinfo"}},
	{ErrorServer, []string{"server error", "server_error", "service unavailable", "unavailable", "overloaded", "bad gateway", "gateway", "internal error", "500", "502", "503", "504", "529"}},
	{ErrorParse, []string{"expecting value", "json", "parse", "parsing", "unmarshal", "decode", "unterminated string", "expecting property name", "extra data", "validation error"}},
	{ErrorInvalidRequest, []string{"invalid", "bad request", "not found", "unprocessable", "context length", "maximum context", "400", "404", "422"}},
}

// ClassifyError returns the closed class of a failure. errorType decides when it is a class or the name of a known
// client's exception ("RateLimitError", "openai.APITimeoutError"); otherwise the words of text do; otherwise the class
// is [ErrorOther]. Both may be empty.
func ClassifyError(errorType, text string) ErrorType {
	if class, ok := knownErrorType(errorType); ok && (class != ErrorOther || text == "") {
		return class
	}
	text = strings.ToLower(text)
	for _, c := range errorTexts {
		for _, word := range c.words {
			if containsWord(text, word) {
				return c.class
			}
		}
	}
	return ErrorOther
}

func knownErrorType(name string) (ErrorType, bool) {
	if name == "" {
		return "", false
	}
	if class, ok := knownErrorTypes[name]; ok { // the common case, without an allocation
		return class, true
	}
	name = strings.ToLower(name)
	name = name[strings.LastIndexAny(name, ".:/")+1:]
	if class, ok := knownErrorTypes[name]; ok {
		return class, true
	}
	name = strings.TrimSuffix(strings.TrimSuffix(name, "exception"), "error")
	class, ok := knownErrorTypes[name]
	return class, ok
}

// containsWord reports whether text holds word; a word that begins or ends with a digit must stand free of other
// digits, so that "429" is not found in "14290 tokens".
func containsWord(text, word string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(word)
		if !(isDigit(word[0]) && start > 0 && isDigit(text[start-1])) &&
			!(isDigit(word[len(word)-1]) && end < len(text) && isDigit(text[end])) {
			return true
		}
		from = end
	}
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

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
	{ErrorTimeout, []string{"timed out", "timeout", "time out", "deadline exceeded", "deadline_exceeded"}},
	{ErrorRateLimit, []string{"rate limit", "rate_limit", "ratelimit", "too many requests", "resource_exhausted",
		"resource exhausted", "quota", "throttl"}},
	{ErrorContentFilter, []string{"content filter", "content_filter", "content policy", "contentpolicyviolation",
		"content management policy", "safety", "blocked"}},
	{ErrorAuth, []string{"api key", "api_key", "api-key", "unauthorized", "unauthenticated", "authentication",
		"permission denied", "permission_denied", "forbidden"}},
	{ErrorConnection, []string{"connection", "connect:", "disconnected", "no such host", "name resolution",
		"name or service not known", "unreachable", "broken pipe", "unexpected eof", ": eof", "getaddrinfo", "x509:",
		"tls:", "certificate verify failed", "certificate_verify_failed"}},
	{ErrorServer, []string{"server error", "server_error", "internalservererror", "unavailable", "overloaded",
		"gateway", "internal error"}},
	{ErrorParse, []string{"expecting value", "json", "parse", "parsing", "unmarshal", "decode", "unterminated string",
		"expecting property name", "expecting ',' delimiter", "invalid control character", "extra data",
		"validation error"}},
	{ErrorInvalidRequest, []string{"invalid", "bad request", "badrequest", "not found", "notfound", "does not exist",
		"unprocessable", "context length", "maximum context"}},
}

// ClassifyError returns the closed class of a failure. errorType decides when it is a class or the name of a known
// client's exception ("RateLimitError", "openai.APITimeoutError"); otherwise an HTTP status in text does, and then its
// words; otherwise the class is [ErrorOther]. Both may be empty.
func ClassifyError(errorType, text string) ErrorType {
	if class, ok := knownErrorType(errorType); ok && (class != ErrorOther || text == "") {
		return class
	}
	text = strings.ToLower(text)
	class, certain := statusClass(httpStatus(text))
	if certain {
		return class
	}
	if word := wordClass(text); class == "" || word == ErrorAuth || word == ErrorContentFilter {
		return word
	}
	return class
}

// wordClass classifies by the words of a lower-case text.
func wordClass(text string) ErrorType {
	for _, c := range errorTexts {
		for _, word := range c.words {
			if strings.Contains(text, word) {
				return c.class
			}
		}
	}
	return ErrorOther
}

// statusMarks are what clients write before an HTTP status, but for spaces, quotes and the like. Not any number is one:
// texts count tokens and columns too.
var statusMarks = []string{"code", "status", "http", "error", "response"}

// httpStatus returns the HTTP status of a failure that a lower-case text tells of, or "": three digits from 400 on, at
// the start or behind a mark.
func httpStatus(text string) string {
	for i := 0; i+3 <= len(text); i++ {
		if c := text[i]; c != '4' && c != '5' {
			continue
		}
		if end := i + 3; !isDigit(text[i+1]) || !isDigit(text[i+2]) || end < len(text) && isWord(text[end]) {
			continue
		}
		before := strings.TrimRight(text[:i], ` '":=([`)
		if before == "" {
			return text[i : i+3]
		}
		for _, mark := range statusMarks {
			if len(before) < i && strings.HasSuffix(before, mark) {
				return text[i : i+3]
			}
		}
	}
	return ""
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

func isWord(b byte) bool { return isDigit(b) || b == '_' || 'a' <= b && b <= 'z' }

// statusClass returns the class that an HTTP status stands for, "" for none. It is not certain where some provider
// uses the status for a wrong API key or a filtered prompt too.
func statusClass(status string) (class ErrorType, certain bool) {
	switch status {
	case "":
		return "", false
	case "408", "504":
		return ErrorTimeout, true
	case "429":
		return ErrorRateLimit, true
	case "401":
		return ErrorAuth, true
	case "403":
		return ErrorAuth, false
	case "402":
		return "", false // out of money: its words say quota or balance
	}
	if status[0] == '5' {
		return ErrorServer, true
	}
	return ErrorInvalidRequest, false
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

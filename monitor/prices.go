package monitor

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// Prices say what tokens cost, by model: the content of a file in the format of LiteLLM's
// model_prices_and_context_window.json
// (https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.json). They do not change once made.
type Prices struct {
	models map[string]*price

	mu    sync.Mutex
	known map[pricedModel]*price // what was looked up, the absent ones as nil
}

// rates are US dollars a token; a nil is no price, and a zero is a price.
type rates struct {
	input, output, cacheRead, cacheWrite, reasoning *float64
}

// price is what one model's tokens cost.
type price struct {
	rates
	batches rates
	above   []tier // by their threshold, lowest first
}

// tier are the rates of calls with more prompt tokens than a threshold.
type tier struct {
	promptTokens int64
	rates
}

// LoadPrices reads a price file; its error names the file.
func LoadPrices(path string) (*Prices, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	p, err := ParsePrices(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

// maxPriceFile bounds what ParsePrices reads; LiteLLM's file has about 1 MB.
const maxPriceFile = 64 << 20

// ParsePrices reads prices: a JSON object of model name to an object with input_cost_per_token,
// output_cost_per_token, cache_read_input_token_cost, cache_creation_input_token_cost and
// output_cost_per_reasoning_token, in US dollars; each of them also with the suffix _batches, or _above_200k_tokens
// (any number) for calls with a longer prompt. Other keys are passed over, and so is the entry "sample_spec".
func ParsePrices(r io.Reader) (*Prices, error) {
	entries, err := readEntries(r)
	if err != nil {
		return nil, fmt.Errorf("prices: %w; want LiteLLM's model_prices_and_context_window.json", err)
	}
	p := &Prices{models: make(map[string]*price, len(entries))}
	for model, entry := range entries {
		if model == "sample_spec" {
			continue
		}
		pr, err := parsePrice(entry)
		if err != nil {
			return nil, fmt.Errorf("prices: model %q: %w", model, err)
		}
		if pr.input != nil || pr.output != nil {
			p.models[strings.ToLower(model)] = pr
		}
	}
	if len(p.models) == 0 {
		return nil, errors.New("prices: no model has a price a token; want LiteLLM's model_prices_and_context_window.json")
	}
	return p, nil
}

// readEntries reads the file's outer object; where JSON is wrong, the error tells the byte.
func readEntries(r io.Reader) (map[string]json.RawMessage, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxPriceFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxPriceFile {
		return nil, fmt.Errorf("more than %d bytes", maxPriceFile)
	}
	var entries map[string]json.RawMessage
	if err := json.Unmarshal(data, &entries); err != nil {
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			return nil, fmt.Errorf("byte %d: %w", syntax.Offset, err)
		}
		return nil, fmt.Errorf("not an object of model name to prices: %w", err)
	}
	return entries, nil
}

// maxRate is the highest price of a token that is believed: with it no cost overflows.
const maxRate = 1_000_000

// priceKey takes a key of the file apart: what it prices, and when.
var priceKey = regexp.MustCompile(`^(input_cost_per_token|output_cost_per_token|cache_read_input_token_cost|` +
	`cache_creation_input_token_cost|output_cost_per_reasoning_token)(_batches|_above_(\d+)k_tokens)?$`)

func parsePrice(raw json.RawMessage) (*price, error) {
	var entry map[string]json.RawMessage
	if err := json.Unmarshal(raw, &entry); err != nil {
		return nil, fmt.Errorf("is %.40s, want an object", raw)
	}
	p := &price{}
	for key, raw := range entry {
		parts := priceKey.FindStringSubmatch(key)
		if parts == nil || string(raw) == "null" {
			continue
		}
		var v float64
		if err := json.Unmarshal(bytes.Trim(raw, `"`), &v); err != nil || !(0 <= v && v <= maxRate) { // some write numbers in quotes
			return nil, fmt.Errorf("%s is %.40s, want a number from 0 to %d", key, raw, maxRate)
		}
		r := &p.rates
		switch {
		case parts[2] == "_batches":
			r = &p.batches
		case parts[3] != "":
			thousands, err := strconv.ParseInt(parts[3], 10, 32)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
			r = p.tier(thousands * 1000)
		}
		*r.field(parts[1]) = &v
	}
	return p, nil
}

func (r *rates) field(key string) **float64 {
	switch key {
	case "input_cost_per_token":
		return &r.input
	case "output_cost_per_token":
		return &r.output
	case "cache_read_input_token_cost":
		return &r.cacheRead
	case "cache_creation_input_token_cost":
		return &r.cacheWrite
	default:
		return &r.reasoning
	}
}

// tier returns the rates above a threshold, making them when needed.
func (p *price) tier(promptTokens int64) *rates {
	i := 0
	for i < len(p.above) && p.above[i].promptTokens < promptTokens {
		i++
	}
	if i == len(p.above) || p.above[i].promptTokens != promptTokens {
		p.above = append(p.above, tier{})
		copy(p.above[i+1:], p.above[i:])
		p.above[i] = tier{promptTokens: promptTokens}
	}
	return &p.above[i].rates
}

// find returns the price of a model, or nil: by provider and model, then by model, then without a provider's prefix
// (openai/, models/), then without a date behind it (-2024-07-18, -20240718, @20240718, -0613, -latest).
func (p *Prices) find(provider, model string) *price {
	if p == nil || model == "" {
		return nil
	}
	model, provider = strings.ToLower(model), strings.ToLower(provider)
	for {
		if provider != "" {
			if pr := p.models[provider+"/"+model]; pr != nil {
				return pr
			}
		}
		if pr := p.models[model]; pr != nil {
			return pr
		}
		_, rest, prefixed := strings.Cut(model, "/")
		if !prefixed {
			break
		}
		model = rest
	}
	if dated := modelDate.FindStringIndex(model); dated != nil {
		return p.find(provider, model[:dated[0]])
	}
	return nil
}

var modelDate = regexp.MustCompile(`([-@](\d{4}-\d{2}-\d{2}|\d{8}|\d{4}|latest))$`)

// cost returns what a call cost. Cached tokens are part of the prompt, and reasoning tokens of the completion: each is
// paid once, at its own price where it has one. Tokens that are in neither are priced as output.
// Tokens for which there is no price at all are unpriced.
func (p *price) cost(e *Event) (cost float64, unpriced int64) {
	r := p.rates
	for _, t := range p.above {
		if e.PromptTokens > t.promptTokens {
			r = t.over(r)
		}
	}
	if e.Batch {
		r = p.batches.over(r)
	}
	written := min(e.CacheWriteTokens, e.PromptTokens)
	read := min(e.CachedTokens, e.PromptTokens-written)
	reasoning := min(e.ReasoningTokens, e.CompletionTokens)
	unsplit := e.TotalTokens - e.PromptTokens - e.CompletionTokens
	pay := func(tokens int64, choices ...*float64) {
		for _, rate := range choices {
			if rate != nil {
				cost += float64(tokens) * *rate
				return
			}
		}
		unpriced += tokens
	}
	pay(e.PromptTokens-written-read, r.input)
	pay(read, r.cacheRead, r.input)
	pay(written, r.cacheWrite, r.input)
	pay(e.CompletionTokens-reasoning+max(0, unsplit), r.output)
	pay(reasoning, r.reasoning, r.output)
	return cost, unpriced
}

// over returns the rates r, and where it has none those of base.
func (r rates) over(base rates) rates {
	for _, f := range [...]struct{ own, base **float64 }{
		{&r.input, &base.input}, {&r.output, &base.output}, {&r.cacheRead, &base.cacheRead},
		{&r.cacheWrite, &base.cacheWrite}, {&r.reasoning, &base.reasoning},
	} {
		if *f.own == nil {
			*f.own = *f.base
		}
	}
	return r
}

// maxPricedModels bounds what Prices remembers.
const maxPricedModels = 4096

type pricedModel struct{ provider, model string }

// Cost returns what a call or an evaluation cost in US dollars: what it says itself (CostUSD), else by these prices.
// unpriced is how many of its tokens have no price and are in usd with nothing. A nil p knows no price. It is safe for
// concurrent use.
func (p *Prices) Cost(e *Event) (usd float64, unpriced int64) {
	if e.CostUSD > 0 || e.TotalTokens == 0 {
		return e.CostUSD, 0
	}
	if pr := p.of(e.Provider, e.Model); pr != nil {
		return pr.cost(e)
	}
	return 0, e.TotalTokens
}

// of is find with a memory: to find a price takes longer than all else.
func (p *Prices) of(provider, model string) *price {
	if p == nil {
		return nil
	}
	key := pricedModel{provider, model}
	p.mu.Lock()
	defer p.mu.Unlock()
	pr, ok := p.known[key]
	if !ok {
		pr = p.find(provider, model)
		if p.known == nil {
			p.known = make(map[pricedModel]*price)
		}
		if len(p.known) < maxPricedModels {
			p.known[key] = pr
		}
	}
	return pr
}

// fill puts the price of an event into a copy of it, so that readers of events agree with the totals.
func (p *Prices) fill(events []Event) {
	if p == nil {
		return
	}
	for i := range events {
		events[i].CostUSD, _ = p.Cost(&events[i])
	}
}

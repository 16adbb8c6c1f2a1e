package report

func (r *Report) costSection() section {
	s, u := section{title: "Cost"}, &r.Usage
	if u.Total == 0 && u.CostUSD == nil {
		return s
	}
	note := ""
	switch {
	case u.CostUSD == nil:
		note = "no token has a price"
	case u.UnpricedTokens > 0:
		note = "and what tokens without a price cost"
	}
	s.fact("total", u.cost(), note)
	s.fact("tokens with a price", grouped(u.Total-u.UnpricedTokens), "")
	s.fact("tokens without", grouped(u.UnpricedTokens), "")
	if r.Records.Total > 0 {
		s.each("per accepted record", u, r.Cost.PerAcceptedRecordUSD, r.Cost.TokensPerAcceptedRecord)
	}
	s.each("per successful call", u, r.Cost.PerSuccessfulCallUSD, r.Cost.TokensPerSuccessfulCall)
	return s
}

// each tells what one thing took.
func (s *section) each(label string, u *Usage, usd, tokens *float64) {
	if tokens != nil {
		s.fact(label, u.costOf(usd), digits(*tokens)+" tokens")
	} else if usd != nil {
		s.fact(label, u.costOf(usd), "")
	}
}

package alerting_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/genmeter/genmeter/alerting"
)

// A receiver made for Alertmanager's webhooks takes what Webhook posts. An Alerter is given the handler by WithHandlers;
// here the alert is made by hand.
func ExampleWebhook() {
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var message struct {
			Status            string
			CommonLabels      map[string]string
			CommonAnnotations map[string]string
		}
		if err := json.NewDecoder(r.Body).Decode(&message); err != nil {
			log.Print(err)
		}
		fmt.Println(message.Status, message.CommonLabels["alertname"])
		fmt.Println(message.CommonAnnotations["summary"])
		fmt.Println(message.CommonAnnotations["value"], message.CommonAnnotations["threshold"])
	}))
	defer receiver.Close()

	h, err := alerting.Webhook(receiver.URL) // fails when the URL is not valid
	if err != nil {
		log.Print(err)
		return
	}
	err = h.HandleAlert(context.Background(), alerting.Alert{
		Name: "low_success_rate", Level: alerting.Warning, State: alerting.Firing,
		Message: "success rate is 50 %, the mean of 40 calls", Value: 0.5, Threshold: 0.8,
		Labels: map[string]string{"alertname": "GenmeterLowSuccessRate", "severity": "warning"},
	})
	if err != nil {
		log.Print(err)
	}
	// Output:
	// firing GenmeterLowSuccessRate
	// success rate is 50 %
	// 0.5 0.8
}

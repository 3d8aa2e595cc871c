using System.Text.Json.Nodes;
using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Tests;

/// <summary>Services, judged by their endpoints.</summary>
public sealed class ServiceRulesTests
{
    private const string Met = "Met ServiceReady";
    private const string NotReady = "Pending ServiceNotReady";
    private const string Without = "Pending ServiceWithoutEndpoints";

    [Theory]
    [MemberData(nameof(ServiceStates.Table), MemberType = typeof(ServiceStates))]
    public void The_endpoints_of_all_slices_decide(string slices, int? least, string expected, string sentence)
    {
        // Pods behind the endpoints, and hand-made endpoints without: the same verdict.
        foreach (var withPods in new[] { true, false })
        {
            foreach (var tolerance in Enum.GetValues<Tolerance>())
            {
                var verdict = ServiceRules.Named(
                    Asked.Service with
                    {
                        MinReady = least,
                        Tolerance = tolerance,
                    },
                    Web().Service(),
                    Slices(slices, withPods)
                );

                Assert.Equal(expected, verdict.Short());
                Assert.Equal(sentence, verdict.Sentence);
            }
        }
    }

    [Fact]
    public void Both_address_families_of_a_dual_stack_service_count_once()
    {
        var v4 = Slice();
        var v6 = Slice().Named("web-v6").With("addressType", "IPv6");
        for (var i = 0; i < 3; i++)
            v6.With($"endpoints.{i}.addresses", new JsonArray($"fd00::{i}"));

        var verdict = ServiceRules.Named(Asked.Service, Web().Service(), [v4.Slice(), v6.Slice()]);

        Assert.Equal("2 endpoints ready, 1 not ready", verdict.Sentence);
    }

    [Fact]
    public void Pods_of_the_same_name_in_two_namespaces_or_kinds_are_two_endpoints()
    {
        var slice = Slice()
            .With("endpoints.0.targetRef.name", "a")
            .With("endpoints.1.targetRef.name", "a")
            .With("endpoints.2.targetRef.name", "a")
            .With("endpoints.1.targetRef.namespace", "elsewhere")
            .With("endpoints.2.targetRef.kind", "VirtualMachine");

        Assert.Equal("2 endpoints ready, 1 not ready", ServiceRules.Named(Asked.Service, Web().Service(), [slice.Slice()]).Sentence);
    }

    [Theory]
    [InlineData("endpoints null")]
    [InlineData("no endpoints field")]
    [InlineData("endpoints []")]
    [InlineData("endpoints [null]")]
    public void A_slice_without_endpoints_is_no_endpoint(string state)
    {
        var slice = Recording.Line("deployment-service-rollout", "endpointslices", 1);
        Assert.True(slice.ContainsKey("endpoints") && slice["endpoints"] is null); // as recorded
        slice = state switch
        {
            "no endpoints field" => slice.Without("endpoints"),
            "endpoints []" => slice.With("endpoints", new JsonArray()),
            "endpoints [null]" => slice.With("endpoints", new JsonArray((JsonNode?)null)),
            _ => slice,
        };

        Assert.Equal(Without, ServiceRules.Named(Asked.Service, Web().Service(), [slice.Slice()]).Short());
    }

    [Fact]
    public void An_ExternalName_is_Met_and_says_why()
    {
        var service = Recording.End("service-externalname", "services").Service();

        var verdict = ServiceRules.Named(Asked.Service with { MinReady = 2 }, service, []);

        Assert.Equal("Met ServiceExternalName", verdict.Short());
        Assert.Equal("stands for the external name smtp.example.com: there is nothing to wait for", verdict.Sentence);
    }

    [Theory]
    [InlineData("ClusterIP")]
    [InlineData("NodePort")]
    [InlineData("LoadBalancer")]
    [InlineData("externalname")]
    [InlineData(null)]
    public void A_service_of_another_type_is_judged_by_its_endpoints(string? type)
    {
        // A field that another type does not use may be left over.
        var service = Web().With("spec.type", type).With("spec.externalName", "smtp.example.com").Service();

        Assert.Equal(Without, ServiceRules.Named(Asked.Service, service, []).Short());
        Assert.Equal(Met, ServiceRules.Named(Asked.Service, service, Slices("a:ready", withPods: true)).Short());
    }

    [Fact]
    public void A_service_being_deleted_is_Pending()
    {
        Assert.Equal(
            "Pending BeingDeleted",
            ServiceRules.Named(Asked.Service, Web().Deleting().Service(), Slices("a:ready", withPods: true)).Short()
        );
        Assert.Equal(
            "Pending BeingDeleted",
            ServiceRules.Named(Asked.Service, Recording.End("service-externalname", "services").Deleting().Service(), []).Short()
        );
    }

    [Fact]
    public void A_service_that_does_not_exist_is_missing_whatever_slices_are_left() =>
        Assert.Equal("Pending Missing", ServiceRules.Named(Asked.Service, null, Slices("a:ready", withPods: true)).Short());

    [Theory]
    [InlineData("kubernetes.io/service-name", "other")]
    [InlineData("kubernetes.io/service-name", null)]
    public void Slices_of_other_services_are_passed_over(string label, string? value)
    {
        var slice = Slice();
        slice["metadata"]!["labels"]![label] = value;

        Assert.Equal(Without, ServiceRules.Named(Asked.Service with { MinReady = 1 }, Web().Service(), [slice.Slice()]).Short());
    }

    [Fact]
    public void Slices_of_other_namespaces_are_passed_over()
    {
        var slice = Slice().With("metadata.namespace", "elsewhere").Slice();

        Assert.Equal(Without, ServiceRules.Named(Asked.Service with { MinReady = 1 }, Web().Service(), [slice]).Short());
    }

    [Fact]
    public void Slices_that_nobody_labelled_are_passed_over()
    {
        var slice = Slice().Without("metadata.labels").Slice();

        Assert.Equal(Without, ServiceRules.Named(Asked.Service with { MinReady = 1 }, Web().Service(), [slice]).Short());
    }

    public static TheoryData<string, string, string> Sets =>
        new()
        {
            // services with their endpoints, verdict, sentence
            { "web=a:ready", Met, "1 of 1 service ready" },
            { "web=a:ready; db=b:ready", Met, "2 of 2 services ready" },
            { "web=a:ready; db=b:unready", NotReady, "1 of 2 services ready; db: 0 endpoints ready, 1 not ready" },
            { "web=a:ready; db=", NotReady, "1 of 2 services ready; db: no endpoints yet" },
            { "web=; db=", NotReady, "0 of 2 services ready; db: no endpoints yet" },
        };

    [Theory]
    [MemberData(nameof(Sets))]
    public void A_set_of_services_is_Met_when_all_are(string services, string expected, string sentence)
    {
        var parsed = services.Split("; ").Select(text => text.Split('=')).Select(pair => (Name: pair[0], Endpoints: pair[1])).ToList();
        var slices = parsed.SelectMany(service => Slices(service.Endpoints, withPods: true, service.Name)).ToList();

        var verdict = ServiceRules.Set(Asked.Services, [.. parsed.Select(service => Web().Named(service.Name).Service())], slices);

        Assert.Equal(expected, verdict.Short());
        Assert.Equal(sentence, verdict.Sentence);
        Assert.Equal(parsed.Select(service => service.Name).Order(StringComparer.Ordinal), verdict.Objects.Select(item => item.Name));
    }

    [Fact]
    public void Min_ready_is_asked_of_each_service_of_a_set()
    {
        var slices = Slices("a:ready b:unready", withPods: true).Concat(Slices("c:ready d:ready", withPods: true, "db")).ToList();
        ServiceState[] services = [Web().Service(), Web().Named("db").Service()];

        Assert.Equal(Met, ServiceRules.Set(Asked.Services with { MinReady = 1 }, services, slices).Short());
        Assert.Equal(NotReady, ServiceRules.Set(Asked.Services with { MinReady = 2 }, services, slices).Short());
    }

    [Fact]
    public void A_service_without_selector_is_decided_by_its_hand_made_slices() =>
        Assert.Equal(
            [
                "Pending ServiceWithoutEndpoints: no endpoints yet",
                "Pending ServiceNotReady: 1 endpoint ready, 1 not ready",
                "Met ServiceReady: 2 endpoints ready, 0 not ready",
                "Pending ServiceWithoutEndpoints: no endpoints yet",
            ],
            Replay("service-no-selector", null)
        );

    [Fact]
    public void A_headless_service_is_decided_like_any_other() =>
        Assert.Equal(
            [
                "Pending ServiceWithoutEndpoints: no endpoints yet",
                "Pending ServiceWithoutEndpoints: no endpoints yet", // endpoints null
                "Pending ServiceNotReady: 0 endpoints ready, 1 not ready",
                "Pending ServiceNotReady: 0 endpoints ready, 2 not ready",
                "Pending ServiceNotReady: 1 endpoint ready, 1 not ready",
                "Met ServiceReady: 2 endpoints ready, 0 not ready",
            ],
            Replay("service-headless", null)
        );

    [Fact]
    public void A_rollout_is_Met_only_while_all_its_endpoints_are_ready() =>
        Assert.Equal(
            [
                "Pending ServiceWithoutEndpoints: no endpoints yet",
                "Pending ServiceWithoutEndpoints: no endpoints yet", // endpoints null
                "Pending ServiceNotReady: 0 endpoints ready, 1 not ready",
                "Pending ServiceNotReady: 0 endpoints ready, 2 not ready",
                "Pending ServiceNotReady: 1 endpoint ready, 1 not ready",
                "Met ServiceReady: 2 endpoints ready, 0 not ready",
                "Pending ServiceNotReady: 2 endpoints ready, 1 not ready", // scaled up
                "Met ServiceReady: 3 endpoints ready, 0 not ready",
                "Pending ServiceNotReady: 2 endpoints ready, 1 not ready", // one got unready
            ],
            Replay("deployment-service-rollout", null)
        );

    [Fact]
    public void With_min_ready_a_rollout_stays_Met_when_it_is_scaled() =>
        Assert.Equal(
            ["Pending", "Pending", "Pending", "Pending", "Pending", "Met", "Met", "Met", "Met"],
            Replay("deployment-service-rollout", 2).Select(verdict => verdict.Split(' ')[0])
        );

    private static List<string> Replay(string scenario, int? least)
    {
        var service = Recording.End(scenario, "services").Service();
        return
        [
            .. Recording
                .Replay(scenario, "endpointslices")
                .Select(slices =>
                    ServiceRules.Named(Asked.Service with { MinReady = least }, service, slices.Select(slice => slice.Slice()))
                )
                .Select(verdict => $"{verdict.Short()}: {verdict.Sentence}"),
        ];
    }

    private static JsonObject Web() => ServiceStates.Web();

    private static JsonObject Slice() => ServiceStates.Slice();

    private static List<EndpointSliceState> Slices(string slices, bool withPods, string service = "web") =>
        [.. ServiceStates.Slices(slices, withPods, service).Select(slice => slice.Slice())];
}

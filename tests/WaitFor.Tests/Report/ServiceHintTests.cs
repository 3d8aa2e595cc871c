using System.Text.Json.Nodes;
using WaitFor.Kubernetes;
using WaitFor.Report.Hints;
using WaitFor.Verdicts.Tests;
using WaitFor.Watching;
using WaitFor.Watching.Ladder;
using static WaitFor.Tests.Report.HintRow;

namespace WaitFor.Tests.Report;

/// <summary>What services, their pods, and refusals say.</summary>
public sealed class ServiceHintTests
{
    internal static readonly HintRow[] Table =
    [
        new(
            "a pod is not ready",
            () => Scene.Of("deployment-service-rollout", "service/web"),
            new Hint(
                nameof(PodHints.ProbeFails),
                "web-6696cbdd98-pcx7d: Readiness probe failed: cat: can't open '/tmp/ready': No such file or directory",
                "Find out why the probe fails: kubectl logs web-6696cbdd98-pcx7d -n rec-deployment-service-rollout"
            )
        ),
        new(
            "pods of a selector, one is not ready",
            () => Scene.Of("deployment-service-rollout", "pod:app=web"),
            new Hint(
                nameof(PodHints.ProbeFails),
                "web-6696cbdd98-pcx7d: Readiness probe failed: cat: can't open '/tmp/ready': No such file or directory",
                "Find out why the probe fails: kubectl logs web-6696cbdd98-pcx7d -n rec-deployment-service-rollout"
            )
        ),
        new(
            "the selector matches no pod",
            () => Scene.Of("deployment-service-rollout", "service/web") with { Pods = [], Slices = [], Events = [] },
            new Hint(
                nameof(ServiceHints.ServiceWithoutPods),
                "the selector app=web of service web matches no pod",
                "Start its pods, or correct the selector; compare: kubectl get pods -n rec-deployment-service-rollout --show-labels"
            )
        ),
        new(
            "the selector matches no pod, an old slice exists",
            () => Scene.Of("deployment-service-rollout", "service/web") with { Pods = [], Events = [] },
            new Hint(
                nameof(ServiceHints.ServiceWithoutPods),
                "the selector app=web of service web matches no pod",
                "Start its pods, or correct the selector; compare: kubectl get pods -n rec-deployment-service-rollout --show-labels"
            )
        ),
        new(
            "the pods could not be read",
            () => Scene.Of("deployment-service-rollout", "service/web") with { Pods = [], Slices = [], Events = [], PodsRead = false },
            new Hint(
                nameof(ServiceHints.ServiceWithoutSlices),
                "service web has no EndpointSlice",
                "Check that the EndpointSlice controller (kube-controller-manager) is running, and that the service has pods: kubectl get "
                    + "pods -n rec-deployment-service-rollout -l app=web"
            )
        ),
        new(
            "pods exist, no slice",
            () => Scene.Of("deployment-service-rollout", "service/web") with { Slices = [], Events = [] },
            new Hint(
                nameof(ServiceHints.ServiceWithoutSlices),
                "service web has no EndpointSlice, though 3 pods match its selector",
                "Check that the EndpointSlice controller (kube-controller-manager) is running."
            )
        ),
        new(
            "one pod exists, no slice",
            () =>
                Scene.Of("deployment-service-rollout", "service/web") with
                {
                    Pods = [Recording.End("deployment-service-rollout", "pods", 1)],
                    Slices = [],
                    Events = [],
                },
            new Hint(
                nameof(ServiceHints.ServiceWithoutSlices),
                "service web has no EndpointSlice, though 1 pod matches its selector",
                "Check that the EndpointSlice controller (kube-controller-manager) is running."
            )
        ),
        new(
            "pods exist, the slice is empty",
            () =>
                Scene.Of("deployment-service-rollout", "service/web") with
                {
                    Slices = [Recording.End("deployment-service-rollout", "endpointslices").Without("endpoints")],
                    Events = [],
                },
            new Hint(
                nameof(ServiceHints.PodsWithoutAddress),
                "3 pods of service web, but none has an address yet",
                "Find out what delays their start: kubectl describe pods -n rec-deployment-service-rollout -l app=web"
            )
        ),
        new("the pods could not be read, the slice is empty", () =>
            Scene.Of("deployment-service-rollout", "service/web") with
            {
                Slices = [Recording.End("deployment-service-rollout", "endpointslices").With("endpoints", new JsonArray())],
                Pods = [],
                Events = [],
                PodsRead = false,
            }
        ),
        new(
            "pods exist, the only slice is another service's",
            () =>
                Scene.Of("deployment-service-rollout", "service/web") with
                {
                    Slices = [Recording.End("deployment-service-rollout", "endpointslices").Label("kubernetes.io/service-name", "other")],
                    Events = [],
                },
            new Hint(
                nameof(ServiceHints.ServiceWithoutSlices),
                "service web has no EndpointSlice, though 3 pods match its selector",
                "Check that the EndpointSlice controller (kube-controller-manager) is running."
            )
        ),
        new(
            "no selector and no slice",
            () => Scene.Of("service-no-selector", "service/legacy-db") with { PodsRead = false },
            new Hint(
                nameof(ServiceHints.ServiceWithoutSlices),
                "service legacy-db has no selector and no EndpointSlice",
                "Create an EndpointSlice with the label kubernetes.io/service-name=legacy-db, or give the service a selector."
            )
        ),
        new("no selector, an endpoint is not ready", () =>
            Scene.Of("service-no-selector", "service/legacy-db") with
            {
                Slices = [Recording.Line("service-no-selector", "endpointslices", 1)],
                PodsRead = false,
            }
        ),
        new(
            "polled, without a watch",
            () =>
                new Scene("job/migrate")
                {
                    Synced = false,
                    Shortfalls = [new Shortfall(Collections.Of(Asked("job:app=web")), ["watch"], "polling every 5s")],
                },
            new Hint(
                nameof(AccessHints.WatchMissing),
                "cannot watch jobs in namespace shop (permission missing): polling every 5s",
                "Add to the Role: {apiGroups: [\"batch\"], resources: [jobs], verbs: [list, watch]}"
            )
        ),
        new(
            "a service's slices are denied, and the service and its pods are polled",
            () =>
                new Scene("service/web")
                {
                    Synced = false,
                    Shortfalls =
                    [
                        new Shortfall(Collections.EndpointSlices(Asked("service/web")), ["list"], "using the pods of its selector"),
                        new Shortfall(Collections.Of(Asked("service/web")), ["watch"], "polling every 5s"),
                        new Shortfall(Collections.Pods("shop", labels: null), ["watch"], "polling every 5s"),
                    ],
                },
            new Hint(
                nameof(AccessHints.WatchMissing),
                "cannot list endpointslices in namespace shop (permission missing): using the pods of its selector",
                "Add to the Role: {apiGroups: [\"discovery.k8s.io\"], resources: [endpointslices], verbs: [list, watch]}, "
                    + "{apiGroups: [\"\"], resources: [services], resourceNames: [web], verbs: [list, watch]}"
            )
        ),
        new(
            "the wait is denied after a poll: the Role is in the report",
            () =>
                new Scene("job/migrate")
                {
                    Synced = false,
                    Fault = new ApiFault(FaultKind.Forbidden, "jobs is forbidden: User \"x\" cannot list resource \"jobs\""),
                    Shortfalls = [new Shortfall(Collections.Of(Asked("job/migrate")), ["watch"], "polling every 5s")],
                },
            new Hint(
                nameof(AccessHints.PermissionMissing),
                "jobs is forbidden: User \"x\" cannot list resource \"jobs\"",
                "Apply the Role below, and bind it to that user."
            )
        ),
        new(
            "denied from the beginning",
            () => new Scene("job/migrate") { Synced = false, Fault = Denied("403-jobs-list") },
            new Hint(
                nameof(AccessHints.PermissionMissing),
                """jobs.batch is forbidden: User "system:serviceaccount:rec-errors:no-rights" cannot list """
                    + """resource "jobs" in API group "batch" in the namespace "rec-errors" (HTTP 403)""",
                "Apply the Role below."
            )
        ),
        new(
            "denied as nobody in particular",
            () =>
                new Scene("job/migrate")
                {
                    Synced = false,
                    Fault = new ApiFault(
                        FaultKind.Forbidden,
                        "jobs.batch is forbidden: User \"system:anonymous\" cannot list resource \"jobs\" (HTTP 403)"
                    ),
                },
            new Hint(
                nameof(AccessHints.PermissionMissing),
                "jobs.batch is forbidden: User \"system:anonymous\" cannot list resource \"jobs\" (HTTP 403)",
                "Give the kubeconfig's user credentials: none were sent."
            )
        ),
        new(
            "denied after a while, what is known may be over",
            () => Scene.Of("job-failed-backoff0") with { Fault = Denied("403-jobs-watch") },
            new Hint(
                nameof(AccessHints.PermissionMissing),
                """jobs.batch is forbidden: User "system:serviceaccount:rec-errors:no-rights" cannot watch """
                    + """resource "jobs" in API group "batch" in the namespace "rec-errors" (HTTP 403)""",
                "Apply the Role below."
            )
        ),
        new(
            "the server does not answer",
            () =>
                new Scene("job/migrate")
                {
                    Synced = false,
                    Fault = new ApiFault(FaultKind.Unavailable, "connection refused (10.0.0.1:443)"),
                },
            new Hint(
                nameof(AccessHints.ServerUnreachable),
                "the API server gave no usable answer: connection refused (10.0.0.1:443)",
                "Check that this pod reaches the API server (network policies, DNS, the server's health) with credentials that it accepts."
            )
        ),
        new(
            "the server was never reached",
            () =>
                new Scene("job/migrate")
                {
                    Synced = false,
                    Fault = new ApiFault(FaultKind.Unavailable, "Connection refused (10.0.0.1:443)") { NetworkNotReady = true },
                },
            new Hint(
                nameof(AccessHints.NetworkNotReady),
                "the API server was never reached: Connection refused (10.0.0.1:443)",
                "Check that the API server runs, its address and the network policies; in a pod with a service mesh: "
                    + $"{AccessHints.InitBeforeSidecar}."
            )
        ),
        new(
            "the server has not answered yet",
            () => new Scene("job/migrate") { Synced = false, Fault = new ApiFault(FaultKind.Waiting, "no answer yet: connecting to x:1") },
            new Hint(
                nameof(AccessHints.ServerUnreachable),
                "no answer yet: connecting to x:1",
                "Check that this pod reaches the API server (network policies, DNS, the server's health) with credentials that it accepts."
            )
        ),
        new(
            "the client certificate expired",
            () =>
                Running() with
                {
                    Fault = new ApiFault(FaultKind.Unauthorized, "Unauthorized (HTTP 401): it expired") { Advice = "get a new one" },
                },
            new Hint(
                nameof(AccessHints.ServerUnreachable),
                "the API server gave no usable answer: Unauthorized (HTTP 401): it expired",
                "Get a new one."
            )
        ),
        new(
            "the server's certificate is not trusted",
            () =>
                new Scene("job/migrate")
                {
                    Synced = false,
                    Fault = new ApiFault(FaultKind.Untrusted, "the certificate of 10.0.0.1:443 is not trusted"),
                },
            new Hint(
                nameof(AccessHints.ServerUnreachable),
                "the API server gave no usable answer: the certificate of 10.0.0.1:443 is not trusted",
                "Give the CA of this API server in the kubeconfig's cluster (certificate-authority), and the address that its "
                    + "certificate names."
            )
        ),
        new(
            "the credentials are not accepted any more",
            () => Running() with { Fault = new ApiFault(FaultKind.Unauthorized, "Unauthorized (HTTP 401)") },
            new Hint(
                nameof(AccessHints.ServerUnreachable),
                "the API server gave no usable answer: Unauthorized (HTTP 401)",
                "Check that this pod reaches the API server (network policies, DNS, the server's health) with credentials that it accepts."
            )
        ),
    ];

    public static TheoryData<string> Scenes => HintRow.NamesOf(Table);

    [Theory]
    [MemberData(nameof(Scenes))]
    public void Says_what_stands_in_the_way_and_what_to_do(string scene) => HintRow.Check(Table, scene);

    private static Target Asked(string word) =>
        new WaitFor.CommandLine.GateCommand([word], _ => null).Read().Targets[0] with
        {
            Namespace = "shop",
        };
}

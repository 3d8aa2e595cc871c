using System.Text.Json.Nodes;
using WaitFor.Report.Hints;
using WaitFor.Verdicts.Tests;

namespace WaitFor.Tests.Report;

/// <summary>What workloads, custom resources and other objects say.</summary>
public sealed class ObjectHintTests
{
    internal static readonly HintRow[] Table =
    [
        new(
            "a paused Deployment",
            () => Of("deployment/web", "deployment-paused", "deployments", 11),
            new Hint(
                nameof(ObjectHints.RolloutPaused),
                "deployment web is paused",
                "Resume it: kubectl rollout resume deployment/web -n rec-deployment-paused"
            )
        ),
        new(
            "quota refuses the pods of a Deployment",
            () => Of("deployment/web", "deployment-quota-blocked", "deployments", 4),
            new Hint(
                nameof(ObjectHints.ReplicasRefused),
                "pods \"web-7dfb8cdd75-q4hhn\" is forbidden: exceeded quota: none, requested: pods=1, used: pods=0, "
                    + "limited: pods=0",
                "Raise the quota, free some of it, or lower what the pod requests."
            )
        ),
        new(
            "no progress for too long",
            () => Of("deployment/web", "deployment-progress-deadline", "deployments", 5),
            new Hint(
                nameof(ObjectHints.ProgressDeadline),
                "deployment web made no progress for its progressDeadlineSeconds",
                "Correct what its newest pods report and roll out again, or raise progressDeadlineSeconds if they only need longer."
            )
        ),
        new(
            "the controller lags behind",
            () => Of("deployment/web", "deployment-paused", "deployments", 7),
            new Hint(
                nameof(ObjectHints.ControllerSilent),
                "the controller of deployment objects has not processed the newest spec",
                "Check that its controller (for custom resources the operator) runs, can read the object, and is not behind."
            )
        ),
        new(
            "a claim waits for its first pod",
            () =>
                Of("pvc/data", "pvc-wait-for-first-consumer", "persistentvolumeclaims", 1)
                    .Event("WaitForFirstConsumer", "waiting for first consumer to be created before binding", "PersistentVolumeClaim"),
            new Hint(
                nameof(ObjectHints.ClaimNotBound),
                "the claim is not bound: waiting for first consumer to be created before binding",
                "Wait for the pod that uses the claim: its volume is created only when that pod is scheduled."
            )
        ),
        new(
            "a claim that no volume fits",
            () =>
                Of("pvc/data", "pvc-wait-for-first-consumer", "persistentvolumeclaims", 1)
                    .Event("FailedBinding", "no persistent volumes available and no storage class is set", "PersistentVolumeClaim"),
            new Hint(
                nameof(ObjectHints.ClaimNotBound),
                "the claim is not bound: no persistent volumes available and no storage class is set",
                "Create a matching PersistentVolume, or name a storageClassName that provisions one."
            )
        ),
        new(
            "a namespace that ends",
            () => Of("ns/shop", "namespace-terminating", "namespaces", 2),
            new Hint(
                nameof(ObjectHints.NamespaceHeld),
                "namespace rec-namespace-terminating still contains objects: Some resources are remaining: configmaps. has 1 resource "
                    + "instances",
                "Find the controllers whose finalizers the message names, and why they do not finish; if they are gone for good, remove "
                    + "the finalizers from these objects."
            ),
            new Hint(
                nameof(MissingHints.BeingDeleted),
                "it is being deleted",
                "Wait until it is gone (a node that does not report delays this for its pods), then apply it again."
            )
        ),
        new(
            "a node whose kubelet never reported",
            () => Of("node/node2", "node-never-ready", "nodes", 5),
            new Hint(
                nameof(ObjectHints.NodeSilent),
                "Kubelet never posted node status",
                "Check that the node runs and that its kubelet reaches the API server: kubectl describe node node2"
            )
        ),
        new(
            "a custom resource that stalled",
            () => Of("databases.shop.example.com/orders", "custom-resource-conditions", "databases", 10),
            new Hint(
                nameof(ObjectHints.NotReady),
                "disk quota of 10Gi is used up",
                "Correct what the message names; the object's controller then retries."
            )
        ),
        new(
            "a custom resource that is not ready",
            () => Of("databases.shop.example.com/orders", "custom-resource-conditions", "databases", 5),
            new Hint(
                nameof(ObjectHints.NotReady),
                "0 of 1 instances",
                "Correct what the message names; the object's controller then retries."
            )
        ),
        new(
            "a custom resource without conditions",
            () => Of("databases.shop.example.com/orders", "custom-resource-conditions", "databases", 1),
            new Hint(
                nameof(ObjectHints.NoConditionReady),
                "it has no condition Ready",
                "Name the condition or field to wait for: --for=condition=NAME, or --for=jsonpath='{.status.phase}'=VALUE."
            )
        ),
        new(
            "a CustomResourceDefinition whose name another one has",
            () => Of("crd/gates2.gate.example.com", "crd-names-conflict", "customresourcedefinitions", 2),
            new Hint(
                nameof(ObjectHints.NamesTaken),
                "\"GateList\" is already in use",
                "Correct the names of this one, or delete the CustomResourceDefinition that has them (kubectl get crd)."
            )
        ),
        new(
            "a CustomResourceDefinition that is not installed",
            () => new Scene("crd/widgets.shop.example.com"),
            new Hint(
                nameof(MissingHints.NotInstalled),
                "not found",
                "Apply the operator or chart that brings it, or correct its name (PLURAL.GROUP)."
            )
        ),
        new(
            "a kind that the server does not have",
            () => new Scene("databases.shop.example.com/orders"),
            new Hint(
                nameof(MissingHints.KindMissing),
                "not found",
                "Apply its CustomResourceDefinition (the operator or chart that brings it), or correct the kind and its group."
            )
        ),
    ];

    public static TheoryData<string> Names => HintRow.NamesOf(Table);

    [Theory]
    [MemberData(nameof(Names))]
    public void The_hints_for_an_object(string name) => HintRow.Check(Table, name);

    private static Scene Of(string target, string scenario, string resource, int line) =>
        new(target) { Namespace = $"rec-{scenario}", Objects = [Recording.Line(scenario, resource, line)] };
}

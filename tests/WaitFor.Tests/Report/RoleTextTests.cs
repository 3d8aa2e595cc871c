using WaitFor.CommandLine;
using WaitFor.Report;

namespace WaitFor.Tests.Report;

public sealed class RoleTextTests
{
    [Fact]
    public void Rights_are_merged_by_namespace_and_bound_to_the_service_account()
    {
        var targets = new GateCommand(["job/a", "job/b", "job:app=x", "infra/service/redis"], _ => null).Read().Targets
            .Select(target => target with { Namespace = target.AskedNamespace ?? "shop" }).ToList();

        Assert.Equal(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: wait-for-a, namespace: shop}
            rules:
            - apiGroups: ["batch"]
              resources: [jobs]
              verbs: [list, watch]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: wait-for-a, namespace: shop}
            subjects:
            - {kind: ServiceAccount, name: me, namespace: shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: wait-for-a}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: wait-for-redis, namespace: infra}
            rules:
            - apiGroups: [""]
              resources: [services]
              resourceNames: [redis]
              verbs: [list, watch]
            - apiGroups: ["discovery.k8s.io"]
              resources: [endpointslices]
              verbs: [list, watch]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: wait-for-redis, namespace: infra}
            subjects:
            - {kind: ServiceAccount, name: me, namespace: shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: wait-for-redis}
            """,
            RoleText.Of(targets, new Subject("shop", "me"), endpoints: false));
    }

    [Fact]
    public void All_namespaces_need_a_ClusterRole()
    {
        var targets = new GateCommand(["rbac", "job", "-lapp=x", "-A", "-n", "shop"], _ => null).Read().Targets;

        var yaml = RoleText.Of(targets, new Subject("shop", "me"), endpoints: false);

        Assert.Contains("kind: ClusterRole\nmetadata: {name: wait-for-jobs}\n", yaml, StringComparison.Ordinal);
        Assert.Contains("kind: ClusterRoleBinding\nmetadata: {name: wait-for-jobs}\n", yaml, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jobs.batch is forbidden: User \"system:serviceaccount:shop:gate\" cannot list resource \"jobs\"", "shop/gate")]
    [InlineData("jobs.batch is forbidden: User \"jane\" cannot list resource \"jobs\"", null)]
    [InlineData("User \"system:serviceaccount:shop", null)]
    [InlineData("User \"system:serviceaccount:shop:gate\\n- evil\" cannot", null)]
    public void The_service_account_is_taken_from_the_denial(string message, string? subject) =>
        Assert.Equal(subject, Subject.OfDenial(message) is { } found ? $"{found.Namespace}/{found.Name}" : null);

    [Fact]
    public void A_service_account_goes_with_rbac_only() =>
        Assert.Equal(
            "--service-account goes with wait-for rbac; a gate takes its identity from the pod or the kubeconfig",
            Assert.Throws<UsageException>(() => new GateCommand(["job/a", "--service-account", "x"], _ => null).Read()).Message);
}

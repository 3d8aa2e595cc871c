namespace WaitFor.Tests.Lint.Rules;

/// <summary>Images, resources and security of the containers.</summary>
public sealed class ContainerTests
{
    private const string Migration = "image: registry.example/shop-migrate:v42";
    private const string Service = "image: registry.example/shop:v42";
    private const string Gate = "image: registry.example/wait-for:0.2.0";
    private const string Digest = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string JobSecurity =
        "      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}\n      containers:\n        - name: migrate";
    private const string Own = "securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}";
    private const string GateOwn = "securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL] }}";

    public static TheoryData<string, string[]> Rows()
    {
        var rows = new Changes();
        // latest-tag
        rows.Row("warning latest-tag", Migration, "image: registry.example/shop-migrate:latest");
        rows.Row("warning latest-tag", Service, "image: registry.example:5000/shop");
        rows.Row("warning latest-tag", Gate, "image: registry.example/wait-for");
        rows.Row("", Gate, Gate + Digest, Migration, "image: registry.example/shop-migrate" + Digest, Service, Service + Digest);
        // no-digest
        rows.Row("notice no-digest", Migration, "image: registry.example/shop-migrate:main");
        rows.Row("notice no-digest", Service, "image: registry.example/shop:stable");
        rows.Row("notice no-digest", Migration, "image: flyway/flyway:10-alpine");
        rows.Row("notice no-digest", Migration, Migration + Digest, Service, Service + Digest);
        rows.Row("", Migration, "image: flyway/flyway:10.4.1-alpine");
        // no-limits
        rows.Row("warning no-limits", "resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 256Mi}}", "resources: {}");
        rows.Row(
            "warning no-limits",
            "resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 256Mi}}",
            "resources: {limits: {cpu: 1}}"
        );
        rows.Row("warning no-limits", "          resources: {limits: {memory: 64Mi }}\n", "");
        rows.Row(
            "",
            "resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 256Mi}}",
            "resources: {}",
            "---\napiVersion: apps/v1",
            "---\napiVersion: v1\nkind: LimitRange\nmetadata: {name: x, namespace: shop}\nspec: {limits: [{type: Container, "
                + "default: {memory: 1Gi}}]}\n---\napiVersion: apps/v1"
        );
        // not-restricted
        rows.Row("warning not-restricted", JobSecurity, "      containers:\n        - name: migrate");
        rows.Row("warning not-restricted", JobSecurity, JobSecurity.Replace("runAsNonRoot: true, ", "", StringComparison.Ordinal));
        rows.Row("warning not-restricted", JobSecurity, JobSecurity.Replace("RuntimeDefault", "Unconfined", StringComparison.Ordinal));
        rows.Row("warning not-restricted", Own, "securityContext: {capabilities: {drop: [ALL]}}");
        rows.Row("warning not-restricted", Own, "securityContext: {allowPrivilegeEscalation: false}");
        rows.Row(
            "warning not-restricted",
            Own,
            "securityContext: {allowPrivilegeEscalation: false, runAsUser: 0, capabilities: {drop: [ALL]}}"
        );
        rows.Row(
            "warning not-restricted",
            Own,
            "securityContext: {allowPrivilegeEscalation: false, runAsNonRoot: false, capabilities: {drop: [ALL]}}"
        );
        rows.Row(
            "warning not-restricted",
            Own,
            "securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL], add: [SYS_ADMIN]}}"
        );
        rows.Row("warning not-restricted", Own, "securityContext: {privileged: true, capabilities: {drop: [ALL]}}");
        rows.Row("warning not-restricted", GateOwn, "securityContext: {}");
        rows.Row("warning not-restricted", "restartPolicy: Never", "restartPolicy: Never\n      hostNetwork: true");
        rows.Row(
            "warning not-restricted",
            "restartPolicy: Never",
            "restartPolicy: Never\n      volumes: [{name: x, hostPath: {path: /sql}}]"
        );
        rows.Row(
            "",
            JobSecurity,
            "      containers:\n        - name: migrate",
            Own,
            "securityContext: {runAsNonRoot: true, seccompProfile: {type: Localhost, localhostProfile: x}, "
                + "allowPrivilegeEscalation: false, capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}}"
        );
        // old-gate
        rows.Row(
            "error job-vanishes, notice old-gate",
            Gate + "\n          args: [job/db-migrate-v42, --record, db-migrations]",
            "image: groundnuty/k8s-wait-for:v2.0\n          args: [job, db-migrate-v42]"
        );
        rows.Row(
            "error job-vanishes, notice old-gate",
            Gate + "\n          args: [job/db-migrate-v42, --record, db-migrations]",
            "image: registry.example/tools/k8s-wait-for:1.6\n          command: [sh, -c, 'wait_for.sh job db-migrate-v42 && "
                + "wait_for.sh service redis']"
        );
        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Found(string expected, string[] changes) => Changes.Check(expected, changes);

    [Fact]
    public void The_change_of_an_old_gate_is_shown_as_a_diff()
    {
        var text = GoodPattern.With(Gate + "\n          args: [job/db-migrate-v42, --record, db-migrations]",
            "image: groundnuty/k8s-wait-for:v2.0\n          command: [wait_for.sh]\n          args: [job-wr, -lapp=shop migrate]");

        Assert.Equal(
            """
            arguments and Role may stay; change:
              - name: gate
            -   image: groundnuty/k8s-wait-for:v2.0
            +   image: registry.example/wait-for:0.2.0
            -   command: [wait_for.sh]
                args: [job-wr, "-lapp=shop migrate"]
            """,
            Judged.Of(text).Single(finding => finding.Rule == "old-gate").Fix
        );
    }
}

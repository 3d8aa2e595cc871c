namespace WaitFor.Tests.Lint.Rules;

/// <summary>Each of the pattern's settings in examples/plain, broken one by one, is found by its rule, and by no other.</summary>
public sealed class MutationTests
{
    public static TheoryData<string, string, string, string> Rows() =>
        new()
        {
            { "job.yaml", "name: db-migrate-v42", "name: db-migrate", "error version-mismatch, error unversioned-name" },
            { "job.yaml", "name: db-migrate-v42", "name: db-migrate-v43", "error version-mismatch" },
            {
                "job.yaml",
                "  name: db-migrate-v42\n  namespace: shop",
                "  name: db-migrate-v42\n  namespace: other",
                "error namespace-mismatch"
            },
            { "job.yaml", "backoffLimit: 0", "backoffLimit: 6", "warning retries" },
            { "job.yaml", "  backoffLimit: 0\n", "", "warning retries" },
            { "job.yaml", "completions: 1", "completions: 2", "error parallel" },
            { "job.yaml", "parallelism: 1", "parallelism: 2", "error parallel" },
            { "job.yaml", "  parallelism: 1", "  completionMode: Indexed", "error parallel" },
            { "job.yaml", "  activeDeadlineSeconds: 3600\n", "", "warning no-deadline" },
            { "job.yaml", "activeDeadlineSeconds: 3600", "activeDeadlineSeconds: 7200", "warning short-timeout" },
            { "job.yaml", "  ttlSecondsAfterFinished: 86400\n", "", "warning never-cleaned" },
            { "job.yaml", "restartPolicy: Never", "restartPolicy: OnFailure", "warning retries" },
            { "job.yaml", "        runAsNonRoot: true\n", "", "warning not-restricted" },
            { "job.yaml", "        seccompProfile:\n          type: RuntimeDefault\n", "", "warning not-restricted" },
            { "job.yaml", "            allowPrivilegeEscalation: false\n", "", "warning not-restricted" },
            { "job.yaml", "            capabilities:\n              drop: [ALL]\n", "", "warning not-restricted" },
            { "job.yaml", "shop-migrate:v42", "shop-migrate:latest", "warning latest-tag" },
            { "job.yaml", "shop-migrate:v42", "shop-migrate", "warning latest-tag" },
            { "job.yaml", "shop-migrate:v42", "shop-migrate:stable", "notice no-digest" },
            { "job.yaml", "shop-migrate:v42", "shop-migrate:v41", "error version-mismatch" },
            { "job.yaml", ", --record, db-migrations]", "]", "error job-vanishes" },
            { "job.yaml", "            limits:\n              cpu: \"1\"\n              memory: 256Mi\n", "", "warning no-limits" },
            { "job.yaml", "name: shop-db-migrator", "name: shop-db", "notice same-role" },
            {
                "job.yaml",
                "          envFrom:",
                "            - {name: PGPASSWORD, value: change-me}\n          envFrom:",
                "error plain-password"
            },
            {
                "job.yaml",
                "          envFrom:",
                "            - {name: PGHOST, value: other}\n          envFrom:",
                "error different-configuration"
            },
            {
                "job.yaml",
                "          envFrom:",
                "            - {name: PGDATABASE, value: other}\n          envFrom:",
                "error different-configuration"
            },
            { "job.yaml", "[up, ", "[up, --url, 'postgres://shop:change-me@postgres.database.svc/shop', ", "error plain-password" },
            {
                "job.yaml",
                "  namespace: shop\n",
                "  namespace: shop\n  annotations: {helm.sh/hook: post-install}\n",
                "error hook-deadlock"
            },
            {
                "job.yaml",
                "  namespace: shop\n",
                "  namespace: shop\n  annotations: {helm.sh/hook: pre-install}\n",
                "error hook-needs-non-hook"
            },
            {
                "job.yaml",
                "  namespace: shop\n",
                "  namespace: shop\n  annotations: {argocd.argoproj.io/sync-wave: '1'}\n",
                "warning wrong-order"
            },
            { "deployment.yaml", "job/db-migrate-v42", "job/db-migrate-v41", "error version-mismatch" },
            { "deployment.yaml", "job/db-migrate-v42", "job/db-migarte-v42", "error gate-without-job" },
            { "deployment.yaml", "[job/db-migrate-v42, --record, db-migrations]", "[service/redis]", "notice job-without-gate" },
            { "deployment.yaml", "[job/db-migrate-v42,", "[job/db-migrate-v42, -n, other,", "error namespace-mismatch" },
            { "deployment.yaml", ", --record, db-migrations]", "]", "error job-vanishes" },
            { "deployment.yaml", ", --record, db-migrations]", ", --record, db-migrations, --timeout, 2m]", "warning short-timeout" },
            { "deployment.yaml", "  progressDeadlineSeconds: 4200\n", "", "warning short-timeout" },
            {
                "deployment.yaml",
                "          args: [job/db-migrate-v42,",
                "          restartPolicy: Always\n          args: [job/db-migrate-v42,",
                "error gate-as-sidecar"
            },
            { "deployment.yaml", "/shop:v42", "/shop:v41", "error version-mismatch" },
            { "deployment.yaml", "/shop:v42", "/shop:latest", "warning latest-tag" },
            { "deployment.yaml", "wait-for:0.2.0", "wait-for", "warning latest-tag" },
            { "deployment.yaml", "              memory: 64Mi\n", "", "warning no-limits" },
            { "deployment.yaml", "        runAsNonRoot: true\n", "", "warning not-restricted" },
            {
                "deployment.yaml",
                "      containers:\n",
                "        - {name: migrate, image: 'registry.example/shop:v42', command: [alembic, upgrade, head]}\n      containers:\n",
                "error migration-in-replicas"
            },
            { "deployment.yaml", "                name: shop-config", "                name: shop-config-old", "" },
            { "config.yaml", "PGSSLMODE: require", "PGPASSWORD: change-me", "error plain-password" },
        };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_broken_setting_is_found(string file, string old, string changed, string expected)
    {
        var text = string.Join(
            "\n---\n",
            Directory
                .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "plain"), "*.yaml")
                .Order(StringComparer.Ordinal)
                .Select(one =>
                {
                    var content = File.ReadAllText(one);
                    if (Path.GetFileName(one) != file)
                        return content;
                    var at = content.IndexOf(old, StringComparison.Ordinal);
                    Assert.True(at >= 0, $"not in {file}: {old}");
                    return content[..at] + changed + content[(at + old.Length)..];
                })
        );

        Assert.Equal(
            expected.Split(", ", StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal),
            Judged.Lines(text).Select(line => line[..line.LastIndexOf(' ')]).Distinct(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void As_it_is_nothing_is_found() =>
        Assert.Empty(
            Judged.Of(
                string.Join(
                    "\n---\n",
                    Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "plain"), "*.yaml").Select(File.ReadAllText)
                )
            )
        );
}

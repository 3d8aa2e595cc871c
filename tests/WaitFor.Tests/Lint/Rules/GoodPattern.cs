namespace WaitFor.Tests.Lint.Rules;

/// <summary>A Job and a gate without any finding, which tests change at one place.</summary>
internal static class GoodPattern
{
    public const string Text = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: shop-config, namespace: shop}
        data: {PGHOST: postgres, PGPORT: "5432", PGDATABASE: shop}
        ---
        apiVersion: batch/v1
        kind: Job
        metadata:
          name: db-migrate-v42
          namespace: shop
          annotations: {a: job}
        spec:
          backoffLimit: 0
          activeDeadlineSeconds: 3600
          ttlSecondsAfterFinished: 86400
          template:
            spec:
              restartPolicy: Never
              securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
              containers:
                - name: migrate
                  image: registry.example/shop-migrate:v42
                  args: [up, --record, db-migrations]
                  env: [{name: A, value: job}]
                  envFrom: [{configMapRef: {name: shop-config}}, {secretRef: {name: shop-db-migrator}}]
                  resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 256Mi}}
                  securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: shop
          namespace: shop
          annotations: {a: shop}
        spec:
          replicas: 3
          progressDeadlineSeconds: 4200
          template:
            spec:
              securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
              initContainers:
                - name: gate
                  image: registry.example/wait-for:0.2.0
                  args: [job/db-migrate-v42, --record, db-migrations]
                  resources: {limits: {memory: 64Mi }}
                  securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL] }}
              containers:
                - name: shop
                  image: registry.example/shop:v42
                  env: [{name: A, value: shop}]
                  envFrom: [{configMapRef: {name: shop-config }}, {secretRef: {name: shop-db}}]

        """;

    /// <summary>The pattern with changes, each of which must match exactly once.</summary>
    /// <param name="changes">Old and new text, one after the other.</param>
    public static string With(params string[] changes) => Change(Text, changes);

    /// <summary>A text with changes, each of which must match exactly once.</summary>
    private static string Change(string text, string[] changes)
    {
        for (var index = 0; index < changes.Length; index += 2)
        {
            var at = text.IndexOf(changes[index], StringComparison.Ordinal);
            Assert.True(at >= 0, $"not there: {changes[index]}");
            Assert.True(text.IndexOf(changes[index], at + 1, StringComparison.Ordinal) < 0, $"twice: {changes[index]}");
            text = text.Replace(changes[index], changes[index + 1], StringComparison.Ordinal);
        }

        return text;
    }
}

/// <summary>Rows of changes to the good pattern, each with all that is found then.</summary>
internal sealed class Changes : TheoryData<string, string[]>
{
    /// <summary>A row.</summary>
    /// <param name="expected">Such as <c>error unversioned-name</c>, several with commas; empty for nothing.</param>
    /// <param name="changes">Old and new text, one after the other.</param>
    public void Row(string expected, params string[] changes) => Add(expected, changes);

    /// <summary>Holds the findings to the row.</summary>
    public static void Check(string expected, string[] changes) =>
        Assert.Equal(
            expected,
            string.Join(
                ", ",
                Judged
                    .Lines(GoodPattern.With(changes))
                    .Select(line => line[..line.LastIndexOf(' ')])
                    .Distinct(StringComparer.Ordinal)
            )
        );
}

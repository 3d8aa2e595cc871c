using System.Globalization;
using System.Text.RegularExpressions;

namespace WaitFor.Cluster.Tests.Examples;

/// <summary>The pattern's rules that one object can be held to; each yields a sentence for whatever breaks it.</summary>
internal static partial class ManifestRules
{
    private const int AnHour = 3600;

    public static IReadOnlyDictionary<string, (string[] Kinds, Func<ExampleObject, IEnumerable<string>> Problems)> All { get; } =
        new Dictionary<string, (string[], Func<ExampleObject, IEnumerable<string>>)>(StringComparer.Ordinal)
        {
            ["a Job's name has its release"] = (["Job"], job =>
                Unless(VersionedName().IsMatch(job.Name), "the name does not end in -vN: a Job of the last release would count")
            ),
            ["no second try"] = (["Job"], job =>
                Unless(
                    job.Node.At("spec", "backoffLimit").Text() == "0",
                    "backoffLimit is not 0: a failed migration would run again by itself"
                )
            ),
            ["never restarted"] = (["Job"], job =>
                Unless(job.Pod.At("restartPolicy").Text() == "Never", "restartPolicy is not Never: the failed pod's log would be gone")
            ),
            ["one completion"] = (["Job"], job =>
                Unless(
                    job.Node.At("spec", "completions").Text() == "1" && job.Node.At("spec", "parallelism").Text() == "1",
                    "completions and parallelism are not 1"
                )
            ),
            ["a deadline"] = (["Job"], job =>
                Unless(Number(job, "activeDeadlineSeconds") > 0, "there is no activeDeadlineSeconds: it could hang for ever")
            ),
            ["a time to live, and a record"] = (["Job"], TimeToLive),
            ["resources"] = (["Job", "Deployment"], Resources),
            ["the restricted profile"] = (["Job", "Deployment"], Restricted),
            ["pinned images"] = (["Job", "Deployment"], Images),
            ["a token only where it is needed"] = (["Job", "Deployment"], Token),
            ["the Job's name from the downward API"] = (["Job", "Deployment"], JobName),
            ["no password in a pod"] = (["Job", "Deployment"], NoPassword),
            ["small Roles"] = (["Role"], SmallRole),
            ["no token by default"] = (["ServiceAccount"], account =>
                Unless(account.Node.At("automountServiceAccountToken").Text() == "false", "automountServiceAccountToken is not false")
            ),
        };

    private static IEnumerable<string> Unless(bool holds, string problem) => holds ? [] : [problem];

    private static long Number(ExampleObject job, string field) =>
        long.TryParse(job.Node.At("spec", field).Text(), CultureInfo.InvariantCulture, out var number) ? number : -1;

    private static IEnumerable<string> TimeToLive(ExampleObject job)
    {
        if (Number(job, "ttlSecondsAfterFinished") < AnHour)
            yield return "ttlSecondsAfterFinished is not an hour or more: there would be no log to read";
        foreach (
            var migrate in job.Containers.Where(container =>
                container.IsMigrate && container.Arguments is ["up" or "exec", ..] && container.Record is null
            )
        )
            yield return $"{migrate} has no --record: when the TTL has removed the Job, a pod that starts later waits for ever";
    }

    private static IEnumerable<string> Resources(ExampleObject owner) =>
        from container in owner.Containers
        from field in new[] { "requests", "limits" }
        from resource in new[] { "cpu", "memory" }
        where container.Node.At("resources", field, resource) is null
        select $"{container} has no resources.{field}.{resource}";

    private static IEnumerable<string> Restricted(ExampleObject owner)
    {
        var pod = owner.Pod.At("securityContext");
        if (pod.At("runAsNonRoot").Text() != "true" || pod.At("runAsUser").Text() != "65532")
            yield return "the pod's securityContext lacks runAsNonRoot: true, or runAsUser: 65532";
        if (pod.At("seccompProfile", "type").Text() != "RuntimeDefault")
            yield return "the pod's securityContext lacks seccompProfile RuntimeDefault";
        foreach (var container in owner.Containers)
        {
            var own = container.Node.At("securityContext");
            if (own.At("allowPrivilegeEscalation").Text() != "false")
                yield return $"{container} lacks allowPrivilegeEscalation: false";
            if (own.At("readOnlyRootFilesystem").Text() != "true")
                yield return $"{container} lacks readOnlyRootFilesystem: true";
            if (own.At("capabilities", "drop").Items().All(item => item.Text() != "ALL"))
                yield return $"{container} does not drop ALL capabilities";
        }
    }

    private static IEnumerable<string> Images(ExampleObject owner) =>
        owner
            .Containers.Where(container => !PinnedImage().IsMatch(container.Image))
            .Select(container => $"{container}: image \"{container.Image}\" is not registry.example/NAME with a version as its tag");

    private static IEnumerable<string> Token(ExampleObject owner)
    {
        var needed = owner.Containers.Any(container => container.IsGate || (container.IsMigrate && container.Record is not null));
        return Unless(
            owner.Pod.At("automountServiceAccountToken").Text() == (needed ? "true" : "false"),
            $"automountServiceAccountToken has to be {(needed ? "true: the gate and --record" : "false: nothing here")} "
                + "needs the API server"
        );
    }

    private static IEnumerable<string> JobName(ExampleObject owner) =>
        from container in owner.Containers
        where container.IsMigrate && container.Record is not null
        let field = container
            .Node.At("env")
            .Items()
            .FirstOrDefault(entry => entry.At("name").Text() == "JOB_NAME")
            .At("valueFrom", "fieldRef", "fieldPath")
            .Text()
        where field != "metadata.labels['job-name']"
        select $"{container} has --record, but no JOB_NAME from metadata.labels['job-name']";

    private static IEnumerable<string> NoPassword(ExampleObject owner) =>
        from container in owner.Containers
        from entry in container.Node.At("env").Items()
        let name = entry.At("name").Text() ?? ""
        where SecretName().IsMatch(name) && entry.At("value") is not null
        select $"{container}: {name} has its value in the manifest; take it from a Secret";

    private static IEnumerable<string> SmallRole(ExampleObject role)
    {
        foreach (var rule in role.Node.At("rules").Items())
        {
            string[] words =
            [
                .. new[] { "apiGroups", "resources", "verbs" }.SelectMany(field => rule.At(field).Items()).Select(word => word.Text()!),
            ];
            if (words.Contains("*"))
                yield return "a rule with *";
            if (words.Contains("secrets"))
                yield return "a rule for secrets";
        }
    }

    [GeneratedRegex("-v[0-9]+$")]
    private static partial Regex VersionedName();

    [GeneratedRegex(@"^registry\.example/[a-z][a-z0-9-]*:(v[0-9]+|[0-9]+\.[0-9]+\.[0-9]+)$")]
    private static partial Regex PinnedImage();

    [GeneratedRegex("(PASSWORD|TOKEN|SECRET|_URL)$")]
    private static partial Regex SecretName();
}

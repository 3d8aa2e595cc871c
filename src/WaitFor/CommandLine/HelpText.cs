using WaitFor.Kinds;
using WaitFor.Process.Help;

namespace WaitFor.CommandLine;

/// <summary>The texts of <c>--help</c>.</summary>
internal static class HelpText
{
    private static string Kinds =>
        $"""
        When an object of each kind is ready. An object of any kind is not ready while it is missing, while it is being
        deleted, and while its controller has not processed its newest spec.

        {KindTable.Help}

        With k8s-wait-for's suffixes:
          job-we                     Complete or Failed.
          job-wr                     Complete, or Failed with at least one pod that succeeded.
          pod-we                     All Ready or Succeeded; failed pods are accepted.
          pod-wr                     One Ready or Succeeded.

        If a kind is not in this list, the gate asks the API server for it. If an object has no condition Ready, use --for.
        Write the group if two groups have the kind, or if the kind is installed later: certificates.cert-manager.io/shop.
        KIND --all and KIND -n NAMESPACE mean all objects of the namespace, KIND -l SELECTOR those that match. Write several
        kinds as KIND,KIND.
        """;

    private const string For = """
        --for replaces the rule of the kind (--help kinds). If you give several conditions, all must be true.

          --for=condition=NAME[=VALUE]            A condition, by default True. Upper and lower case are equal.
          --for=jsonpath='{.status.phase}'=Ready  All results have this value.
          --for=jsonpath='{.status.ready}'        A result exists that is not empty.
          --for=delete                            All objects that existed at the start are deleted, or none existed.
          --for=create                            The object exists.

        jsonpath is kubectl's dialect: .a.b  ['a']  \.  [0]  [-1]  [*]  [?(@.type=="Ready")]  ..
        The wait ends at once when the condition can no longer become true: a Failed Job for condition=complete, a Deployment
        past its progress deadline for condition=available. An object that is being deleted, or whose controller has not
        processed its newest spec, never counts as ready.
        """;

    private const string Kubectl = """
        Write wait-for instead of kubectl. The arguments of kubectl wait and kubectl rollout status work:

          wait-for wait --for=condition=complete job/db-migrate-v42 --timeout=300s
          wait-for rollout status deployment/web --timeout=300s

        With these two commands a time limit means the same as in kubectl:
          wait without --timeout                       30s
          wait --timeout=0                             looks once: exit code 0 or 124
          wait --timeout=-1s                           a week
          rollout status without --timeout, or with 0  no limit
          rollout status --watch=false                 looks once

        Unlike kubectl, the gate waits for a missing object, ends as soon as the condition can no longer become true, and ends
        with 124 when it times out. docs/kubectl-differences.md has all differences.
        """;

    private const string Permissions = """
        A wait needs the verbs list and watch on its targets. Print the smallest Role and RoleBinding, and apply them:

          wait-for rbac job/db-migrate-v42 -n shop --service-account shop | kubectl apply -f -

        With --report the Role also allows what a full report reads: pods, their logs, events, and objects with similar names.
        The wait works without these permissions; the report names each missing one.
        If the Role does not allow watch, the gate polls (--poll-interval). If it allows only get, the gate polls a target by
        its name, and cannot wait for a selector.
        --record also needs list and watch on the ConfigMap, --record-write also get, create and patch. wait-for rbac prints
        these too.
        """;

    private const string Overview = """
        Waits until Kubernetes objects are ready (Jobs, pods, services, rollouts, any kind), and says why they are not.

        Usage:
          wait-for TARGET... [options]
          wait-for -f FILE|FOLDER|- [options]       all objects of manifests
          wait-for job|pod|service NAME... [options]
                                                    the arguments of k8s-wait-for; also -l SELECTOR
          wait-for wait|rollout status ...          the arguments of kubectl wait and kubectl rollout status
          wait-for lint -f FILE|FOLDER|-            check migration Jobs and gates in manifests (wait-for lint --help)
          wait-for rbac TARGET... [options]         print the smallest Role and RoleBinding for that wait
          wait-for completion bash|zsh|fish         print a completion script for the shell

        A TARGET is [NAMESPACE/]KIND/NAME or [NAMESPACE/]KIND:SELECTOR. All targets must be ready at the same time.
          job             Complete. Ends the wait when Failed. job-we and job-wr accept failures (--help kinds).
          pod             All Ready or Succeeded. Ends the wait when a pod failed and nothing replaces it.
          service         A ready endpoint, and none that is not ready.
          deployment, statefulset, daemonset: the newest rollout is complete. Any other kind: its condition Ready.

        Examples:
          wait-for job/db-migrate-v42
          wait-for job/db-migrate-v42 infra/service/redis deployment/web --timeout 5m
          kubectl apply -f deploy && wait-for -f deploy
          wait-for certificates.cert-manager.io/shop --for=condition=Ready
          wait-for rbac job/db-migrate-v42 -n shop --service-account shop | kubectl apply -f -

        Common options:

        """;

    /// <summary>The overview and the topics.</summary>
    public static HelpPages Pages { get; } =
        new(
            Overview
                + OptionTable.Common(GateHelp.Groups)
                + "\n\nExit codes: 0 ready, 1 failed, 2 wrong usage, 3 no access, 4 missing, 124 timed out, 128+n signal n.",
            [
                new HelpTopic(
                    "options",
                    "all options and their environment variables",
                    () =>
                        OptionTable.All(GateHelp.Groups)
                        + "\n\nOptions have environment variables, such as WAIT_FOR_ON_MISSING for --on-missing; the command line wins."
                        + "\nIn the variable of a repeatable option, separate the values with commas."
                        + "\nk8s-wait-for's variables TREAT_ERRORS_AS_READY (1: -we, 2: -wr) and DEBUG work too."
                ),
                new HelpTopic("kinds", "when an object of each kind is ready", () => Kinds),
                new HelpTopic("for", "conditions, jsonpath, delete and create", () => For),
                new HelpTopic("kubectl", "the arguments of kubectl wait and kubectl rollout status", () => Kubectl),
                new HelpTopic("permissions", "what the service account must be allowed to do", () => Permissions),
                new HelpTopic(
                    "exit-codes",
                    "all exit codes",
                    () => string.Join('\n', ExitCode.Table.Select(row => $"{row.Code, -6} {row.Meaning}"))
                ),
                new HelpTopic("completion", "how to load shell completion", () => GateHelp.Completion.Loading),
            ]
        );
}

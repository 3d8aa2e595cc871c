using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Tests;

/// <summary>Recorded objects, field by field: what is read is what stands there.</summary>
public sealed class StateFieldsTests
{
    [Fact]
    public void A_Job_is_read_with_all_its_fields()
    {
        var job = Recording.Line("job-parallel-3", "jobs", 7).Job();

        Assert.Equal(("migrate", "rec-job-parallel-3"), (job.Metadata!.Name, job.Metadata.Namespace));
        Assert.Equal(36, job.Metadata.Uid!.Length);
        Assert.Null(job.Metadata.DeletionTimestamp);
        Assert.Equal("migrate", job.Metadata.Labels!["job-name"]);
        Assert.Null(job.Metadata.OwnerReferences);
        Assert.Equal((false, 3), (job.Spec!.Suspend, job.Spec.Completions));
        Assert.Equal(["busybox:local"], job.Images);
        Assert.Equal((1, 1, 2, null), (job.Status!.Active, job.Status.Ready, job.Status.Succeeded, job.Status.Failed));
        Assert.NotNull(job.Status.StartTime);
        Assert.Null(job.Status.CompletionTime);
    }

    [Fact]
    public void Conditions_are_read_with_reason_and_message()
    {
        var conditions = JobStates.Failed().Job().Status!.Conditions!;

        Assert.Equal(["FailureTarget", "Failed"], conditions.Select(condition => condition!.Type));
        Assert.Equal(
            ("True", "BackoffLimitExceeded", "Job has reached the specified backoff limit"),
            (conditions[1]!.Status, conditions[1]!.Reason, conditions[1]!.Message)
        );
    }

    [Fact]
    public void A_deletionTimestamp_is_read() =>
        Assert.NotNull(Recording.Line("job-ttl-deleted", "jobs", 7).Job().Metadata!.DeletionTimestamp);

    [Fact]
    public void A_pod_is_read_with_all_its_fields()
    {
        var pod = Recording.Line("pod-crashloop", "pods", 9).With("status.reason", "Because").Pod();
        var container = Assert.Single(pod.Status!.ContainerStatuses!)!;

        Assert.Equal("crash", pod.Metadata!.Name);
        Assert.Equal(["busybox:local"], pod.Images);
        Assert.Equal(("Running", "Because"), (pod.Status.Phase, pod.Status.Reason));
        Assert.Contains("Ready", pod.Status.Conditions!.Select(condition => condition!.Type));
        Assert.Equal(("main", false, 1), (container.Name, container.Ready, container.RestartCount));
        Assert.Equal("CrashLoopBackOff", container.State!.Waiting!.Reason);
        Assert.Null(container.State.Terminated);
        Assert.Equal((3, "Error"), (container.LastState!.Terminated!.ExitCode, container.LastState.Terminated.Reason));
    }

    [Fact]
    public void A_pods_owner_is_read()
    {
        var owner = Assert.Single(PodStates.Failed().Pod().Metadata!.OwnerReferences!)!;

        Assert.Equal(("Job", true), (owner.Kind, owner.Controller));
    }

    [Fact]
    public void A_service_is_read_with_all_its_fields()
    {
        var service = Recording.End("service-externalname", "services").Service();

        Assert.Equal(("mail", "rec-service-externalname"), (service.Metadata!.Name, service.Metadata.Namespace));
        Assert.Equal(("ExternalName", "smtp.example.com"), (service.Spec!.Type, service.Spec.ExternalName));
        Assert.Empty(((IObjectState)service).Images);
    }

    [Fact]
    public void A_slice_is_read_with_all_its_fields()
    {
        var slice = Recording.End("deployment-service-rollout", "endpointslices").Slice();
        var endpoint = slice.Endpoints![1]!;

        Assert.Equal("web", slice.ServiceName);
        Assert.Equal(3, slice.Endpoints.Count);
        Assert.Equal(["10.244.0.78"], endpoint.Addresses);
        Assert.Equal((false, false), (endpoint.Conditions!.Ready, endpoint.Conditions.Terminating));
        Assert.Equal(
            ("Pod", "rec-deployment-service-rollout", "web-6696cbdd98-pcx7d"),
            (endpoint.TargetRef!.Kind, endpoint.TargetRef.Namespace, endpoint.TargetRef.Name)
        );
        Assert.Empty(((IObjectState)slice).Images);
    }

    [Fact]
    public void A_hand_made_slice_has_no_pods_behind_its_endpoints()
    {
        var slice = Recording.Line("service-no-selector", "endpointslices", 1).Slice();

        Assert.Equal("legacy-db", slice.ServiceName);
        Assert.All(slice.Endpoints!, endpoint => Assert.Null(endpoint!.TargetRef));
        Assert.Equal([false, null], slice.Endpoints!.Select(endpoint => endpoint!.Conditions!.Ready));
    }
}
